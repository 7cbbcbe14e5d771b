using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace PushGateway.WebConfig;

/// <summary>Checks user names and passwords, one at a time: a check keeps a processor busy, on purpose.</summary>
internal sealed class Logins : IDisposable
{
    private const int MaxVerified = 1000;
    private const int SecretBytes = 32;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SecretBytes);
    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>
    /// Proofs of logins that were good, so that they are good at once the next time. A proof says nothing without the
    /// secret, which is another one in each process; what is wrong is not kept, or it would push out what is right.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte> _verified = new(StringComparer.Ordinal);

    /// <summary>How many passwords were checked against a stored hash, and not by a proof.</summary>
    public int Checks { get; private set; }

    public async ValueTask<bool> AreGoodAsync(
        UserList users, string user, byte[] password, CancellationToken cancellation)
    {
        BcryptHash hash = users.Find(user, _secret, out bool isKnown);
        string proof = ProofOf(user, hash, password);
        if (isKnown && _verified.ContainsKey(proof))
        {
            return true;
        }
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            // Many clients of one user may have waited for the first of them.
            if (isKnown && _verified.ContainsKey(proof))
            {
                return true;
            }
            Checks++;
            if (!(hash.Verify(password) & isKnown))
            {
                return false;
            }
            if (_verified.Count >= MaxVerified)
            {
                _verified.Clear();
            }
            _verified[proof] = 0;
            return true;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    /// <remarks>The stored hash is part of it: a new password makes old proofs worthless.</remarks>
    private string ProofOf(string user, BcryptHash hash, byte[] password)
    {
        byte[] name = Encoding.UTF8.GetBytes(user);
        byte[] data =
        [
            .. BitConverter.GetBytes(name.Length), .. name, .. Encoding.ASCII.GetBytes(hash.Text), .. password,
        ];
        byte[] proof = HMACSHA256.HashData(_secret, data);
        CryptographicOperations.ZeroMemory(data);
        return Convert.ToBase64String(proof);
    }
}
