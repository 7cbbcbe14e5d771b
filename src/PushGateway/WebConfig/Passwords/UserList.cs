using System.Security.Cryptography;
using System.Text;

namespace PushGateway.WebConfig.Passwords;

/// <summary>Who is let in, with the stored passwords. Not empty.</summary>
internal sealed class UserList(IReadOnlyDictionary<string, BcryptHash> users)
{
    private readonly BcryptHash[] _hashes = [.. users.Values];

    public bool Contains(string user) => users.ContainsKey(user);

    /// <summary>The user's stored password; that of another for one who is unknown, and must not be let in.</summary>
    /// <remarks>
    /// A check of an unknown user has to take as long as one of a known user, or the time would tell who is known. The
    /// other is always the same one for the same name, as it is with a known name, and nobody can tell which one it is.
    /// </remarks>
    public BcryptHash Find(string user, byte[] secret, out bool isKnown)
    {
        isKnown = users.TryGetValue(user, out BcryptHash? hash);
        byte[] digest = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(user));
        return hash ?? _hashes[BitConverter.ToUInt32(digest) % (uint)_hashes.Length];
    }
}
