using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace PushGateway.WebConfig.Passwords;

/// <summary>The result of checking a user name and password.</summary>
internal enum LoginResult
{
    Accepted,
    Wrong,

    /// <summary>Not checked: too many logins are waiting.</summary>
    Busy,
}

/// <summary>
/// Checks user names and passwords one after another, since bcrypt is slow by design. Only a few may wait, so that a flood of
/// wrong passwords cannot fill the queue. Accepted logins are cached.
/// </summary>
internal sealed class PasswordVerifier : IDisposable
{
    /// <summary>The maximum distinct logins that are being checked or waiting. At a cost of 10, the last one waits a few seconds.</summary>
    internal const int MaxPending = 50;

    /// <summary>The limit's name in metrics.</summary>
    internal const string Limit = "logins";

    private const int MaxVerified = 1000;
    private const int SecretBytes = 32;

    private readonly byte[] _secret = KernelRandom.GetBytes(SecretBytes);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Func<BcryptHash, byte[], bool> _verify;

    /// <summary>Checks by key. Clients with the same login share its check, since many may arrive at once after a start.</summary>
    private readonly Dictionary<string, Task<bool>> _pending = new(StringComparer.Ordinal);

    /// <summary>
    /// Keys of accepted logins. A key reveals nothing without the secret, which is new in each process. Wrong logins are not
    /// cached, since they would evict accepted ones.
    /// </summary>
    private readonly ConcurrentDictionary<string, byte> _verified = new(StringComparer.Ordinal);

    private int _checks;

    public PasswordVerifier()
        : this((hash, password) => hash.Verify(password))
    {
    }

    /// <param name="verify">Whether a password matches a hash.</param>
    internal PasswordVerifier(Func<BcryptHash, byte[], bool> verify) => _verify = verify;

    /// <summary>The number of bcrypt checks. Cached logins need none.</summary>
    public int Checks => Volatile.Read(ref _checks);

    public async ValueTask<LoginResult> CheckAsync(
        UserList users, string user, byte[] password, CancellationToken cancellation)
    {
        BcryptHash hash = users.Find(user, _secret, out bool isKnown);
        string key = KeyOf(user, hash, password);
        if (isKnown && _verified.ContainsKey(key))
        {
            return LoginResult.Accepted;
        }
        if (Begin(key, hash, password, isKnown) is not { } check)
        {
            return LoginResult.Busy;
        }
        return await check.WaitAsync(cancellation) & isKnown ? LoginResult.Accepted : LoginResult.Wrong;
    }

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>The check of a login, shared with other requests that wait for it; null if too many logins are pending.</summary>
    private Task<bool>? Begin(string key, BcryptHash hash, byte[] password, bool isKnown)
    {
        lock (_pending)
        {
            if (isKnown && _verified.ContainsKey(key))
            {
                return Task.FromResult(true);
            }
            if (!_pending.TryGetValue(key, out Task<bool>? check) && _pending.Count < MaxPending)
            {
                // Not cancelled with the request: other clients may have joined.
                check = Task.Run(() => RunAsync(key, hash, password, isKnown));
                _pending.Add(key, check);
            }
            return check;
        }
    }

    private async Task<bool> RunAsync(string key, BcryptHash hash, byte[] password, bool isKnown)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            Interlocked.Increment(ref _checks);
            bool isMatch = _verify(hash, password);
            if (isMatch && isKnown)
            {
                Remember(key);
            }
            return isMatch;
        }
        finally
        {
            lock (_pending)
            {
                _pending.Remove(key);
            }
            _oneAtATime.Release();
        }
    }

    private void Remember(string key)
    {
        if (_verified.Count >= MaxVerified)
        {
            _verified.Clear();
        }
        _verified[key] = 0;
    }

    /// <remarks>The stored hash is part of the key, so that a new password invalidates the cached one.</remarks>
    private string KeyOf(string user, BcryptHash hash, byte[] password)
    {
        byte[] name = Encoding.UTF8.GetBytes(user);
        byte[] data =
        [
            .. _secret, .. BitConverter.GetBytes(name.Length), .. name, .. Encoding.ASCII.GetBytes(hash.Text), .. password,
        ];
        byte[] key = Sha256.HashData(data);
        CryptographicOperations.ZeroMemory(data);
        return Convert.ToBase64String(key);
    }
}
