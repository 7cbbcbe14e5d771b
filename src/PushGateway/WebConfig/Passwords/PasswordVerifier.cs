using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace PushGateway.WebConfig.Passwords;

/// <summary>What a check of a user name and password says.</summary>
internal enum LoginResult
{
    Accepted,
    Wrong,

    /// <summary>Not known: too many others are being checked.</summary>
    Busy,
}

/// <summary>
/// Checks user names and passwords, one at a time: a check keeps a processor busy, on purpose. So that a flood of wrong
/// ones does not do that for ever, few may wait; what has been found good needs no check.
/// </summary>
internal sealed class PasswordVerifier : IDisposable
{
    /// <summary>Different logins that are checked or wait for it. At a cost of 10 that is a wait of a few seconds.</summary>
    internal const int MaxUnderWay = 50;

    /// <summary>The limit's name in metrics.</summary>
    internal const string Limit = "logins";

    private const int MaxVerified = 1000;
    private const int SecretBytes = 32;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SecretBytes);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Func<BcryptHash, byte[], bool> _verify;

    /// <summary>By proof. Clients of one login share its check: after a start there may be many, and of one user.</summary>
    private readonly Dictionary<string, Task<bool>> _underWay = new(StringComparer.Ordinal);

    /// <summary>
    /// Proofs of logins that were good, so that they are good at once the next time. A proof says nothing without the
    /// secret, which is another one in each process; what is wrong is not kept, or it would push out what is right.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte> _verified = new(StringComparer.Ordinal);

    private int _checks;

    public PasswordVerifier()
        : this((hash, password) => hash.Verify(password))
    {
    }

    /// <param name="verify">Whether it is the password of the hash.</param>
    internal PasswordVerifier(Func<BcryptHash, byte[], bool> verify) => _verify = verify;

    /// <summary>How many passwords were checked against a stored hash, and not by a proof.</summary>
    public int Checks => Volatile.Read(ref _checks);

    public async ValueTask<LoginResult> CheckAsync(
        UserList users, string user, byte[] password, CancellationToken cancellation)
    {
        BcryptHash hash = users.Find(user, _secret, out bool isKnown);
        string proof = ProofOf(user, hash, password);
        if (isKnown && _verified.ContainsKey(proof))
        {
            return LoginResult.Accepted;
        }
        if (Begin(proof, hash, password, isKnown) is not { } check)
        {
            return LoginResult.Busy;
        }
        return await check.WaitAsync(cancellation) & isKnown ? LoginResult.Accepted : LoginResult.Wrong;
    }

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The check of that login, which may be under way for others; null where too many are.</summary>
    private Task<bool>? Begin(string verifiedKey, BcryptHash hash, byte[] password, bool isKnown)
    {
        lock (_underWay)
        {
            if (isKnown && _verified.ContainsKey(verifiedKey))
            {
                return Task.FromResult(true);
            }
            if (!_underWay.TryGetValue(verifiedKey, out Task<bool>? check) && _underWay.Count < MaxUnderWay)
            {
                // A client that hangs up does not end it: others may have joined.
                check = Task.Run(() => RunAsync(verifiedKey, hash, password, isKnown));
                _underWay.Add(verifiedKey, check);
            }
            return check;
        }
    }

    private async Task<bool> RunAsync(string verifiedKey, BcryptHash hash, byte[] password, bool isKnown)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            Interlocked.Increment(ref _checks);
            bool isGood = _verify(hash, password);
            if (isGood && isKnown)
            {
                Remember(verifiedKey);
            }
            return isGood;
        }
        finally
        {
            lock (_underWay)
            {
                _underWay.Remove(verifiedKey);
            }
            _oneAtATime.Release();
        }
    }

    private void Remember(string verifiedKey)
    {
        if (_verified.Count >= MaxVerified)
        {
            _verified.Clear();
        }
        _verified[verifiedKey] = 0;
    }

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
