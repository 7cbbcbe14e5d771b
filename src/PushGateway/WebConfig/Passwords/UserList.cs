using System.Text;

namespace PushGateway.WebConfig.Passwords;

/// <summary>The users with their stored passwords. Not empty.</summary>
internal sealed class UserList(IReadOnlyDictionary<string, BcryptHash> users)
{
    private readonly BcryptHash[] _hashes = [.. users.Values];

    public bool Contains(string user) => users.ContainsKey(user);

    /// <summary>The user's stored password. For an unknown user, whom the caller must reject, that of another user.</summary>
    /// <remarks>
    /// The check of an unknown user must take as long as that of a known one, or the response time would reveal which users
    /// exist. The same unknown name always gets the same hash, and the secret makes the choice unpredictable.
    /// </remarks>
    public BcryptHash Find(string user, byte[] secret, out bool isKnown)
    {
        isKnown = users.TryGetValue(user, out BcryptHash? hash);
        byte[] digest = Sha256.HashData([.. secret, .. Encoding.UTF8.GetBytes(user)]);
        return hash ?? _hashes[BitConverter.ToUInt32(digest) % (uint)_hashes.Length];
    }
}
