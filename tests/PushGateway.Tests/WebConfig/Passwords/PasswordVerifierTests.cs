using System.Text;
using PushGateway.WebConfig.Passwords;
using Xunit;

namespace PushGateway.Tests.WebConfig.Passwords;

public sealed class PasswordVerifierTests : IDisposable
{
    // "secret"
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    // "abc"
    private const string OtherHash = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";

    private readonly PasswordVerifier _logins = new();

    public void Dispose() => _logins.Dispose();

    [Fact]
    public async Task CheckAsync_SameLoginTwice_IsCheckedOnce()
    {
        UserList users = Users(("bob", Hash));

        Assert.True(await IsGoodAsync(users, "bob", "secret"));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.Equal(1, _logins.Checks);
    }

    [Fact]
    public async Task CheckAsync_ManyAtOnce_AreCheckedOnce()
    {
        UserList users = Users(("bob", Hash));

        bool[] good = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => IsGoodAsync(users, "bob", "secret"))));

        Assert.All(good, Assert.True);
        Assert.Equal(1, _logins.Checks);
    }

    [Theory]
    [InlineData("bob", "wrong")]
    [InlineData("bob", "")]
    [InlineData("bob", Hash)]
    [InlineData("", "secret")]
    [InlineData("Bob", "secret")]
    [InlineData("who", "secret")]
    public async Task CheckAsync_WrongLogin_IsCheckedEachTime(string user, string password)
    {
        UserList users = Users(("bob", Hash));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.False(await IsGoodAsync(users, user, password));
        Assert.False(await IsGoodAsync(users, user, password));

        // An unknown user costs what a known one does.
        Assert.Equal(3, _logins.Checks);
    }

    [Fact]
    public async Task CheckAsync_AnotherUsersPassword_IsWrong()
    {
        UserList users = Users(("ann", OtherHash), ("bob", Hash));
        Assert.True(await IsGoodAsync(users, "ann", "abc"));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.False(await IsGoodAsync(users, "bob", "abc"));
        Assert.False(await IsGoodAsync(users, "ann", "secret"));
    }

    [Fact]
    public async Task CheckAsync_PasswordHasChanged_TheOldOneIsWrong()
    {
        Assert.True(await IsGoodAsync(Users(("bob", Hash)), "bob", "secret"));

        UserList changed = Users(("bob", OtherHash));

        Assert.False(await IsGoodAsync(changed, "bob", "secret"));
        Assert.True(await IsGoodAsync(changed, "bob", "abc"));
    }

    [Fact]
    public async Task CheckAsync_UserIsGone_IsWrong()
    {
        Assert.True(await IsGoodAsync(Users(("bob", Hash), ("ann", OtherHash)), "bob", "secret"));

        Assert.False(await IsGoodAsync(Users(("ann", OtherHash)), "bob", "secret"));
    }

    /// <summary>Checking a wrong password costs as much CPU as a correct one.</summary>
    [Fact]
    public async Task CheckAsync_FloodOfWrongOnes_IsPutOffAndLetsKnownOnesThrough()
    {
        using var mayCheck = new ManualResetEventSlim(initialState: true);
        using var logins = new PasswordVerifier((hash, password) =>
        {
            mayCheck.Wait(TestContext.Current.CancellationToken);
            return hash.Verify(password);
        });
        UserList users = Users(("bob", Hash), ("ann", OtherHash));
        Assert.Equal(LoginResult.Accepted, await CheckAsync(logins, users, "bob", "secret"));

        mayCheck.Reset();
        List<Task<LoginResult>> flood =
            [.. Enumerable.Range(0, 1000).Select(i => CheckAsync(logins, users, i % 2 == 0 ? "bob" : $"who{i}", $"{i}"))];
        Task<LoginResult>[] waiting = [.. flood.Where(login => !login.IsCompleted)];
        Task<LoginResult> known = CheckAsync(logins, users, "bob", "secret");
        Task<LoginResult> late = CheckAsync(logins, users, "ann", "abc");
        Task<LoginResult> joined = CheckAsync(logins, users, "bob", "0");

        Assert.Equal(PasswordVerifier.MaxPending, waiting.Length);
        Assert.All(await Task.WhenAll(flood.Except(waiting)), result => Assert.Equal(LoginResult.Busy, result));
        Assert.True(known.IsCompletedSuccessfully);
        Assert.Equal(LoginResult.Accepted, await known);
        Assert.Equal(LoginResult.Busy, await late);
        Assert.False(joined.IsCompleted);

        mayCheck.Set();
        Assert.All(await Task.WhenAll([.. waiting, joined]), result => Assert.Equal(LoginResult.Wrong, result));
        Assert.Equal(1 + PasswordVerifier.MaxPending, logins.Checks);
        Assert.Equal(LoginResult.Accepted, await CheckAsync(logins, users, "ann", "abc"));
    }

    [Fact]
    public async Task CheckAsync_ClientHangsUp_OthersOfTheSameLoginAreAnswered()
    {
        using var mayCheck = new ManualResetEventSlim();
        using var logins = new PasswordVerifier((hash, password) =>
        {
            mayCheck.Wait(TestContext.Current.CancellationToken);
            return hash.Verify(password);
        });
        UserList users = Users(("bob", Hash));
        using var hangUp = new CancellationTokenSource();
        Task<LoginResult> first = logins.CheckAsync(users, "bob", "secret"u8.ToArray(), hangUp.Token).AsTask();
        Task<LoginResult> second = CheckAsync(logins, users, "bob", "secret");

        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        mayCheck.Set();

        Assert.Equal(LoginResult.Accepted, await second);
    }

    private static Task<LoginResult> CheckAsync(PasswordVerifier logins, UserList users, string user, string password) =>
        logins.CheckAsync(users, user, Encoding.UTF8.GetBytes(password), TestContext.Current.CancellationToken).AsTask();

    private async Task<bool> IsGoodAsync(UserList users, string user, string password) =>
        await CheckAsync(_logins, users, user, password) == LoginResult.Accepted;

    private static UserList Users(params (string Name, string Hash)[] users) => new(users.ToDictionary(
        user => user.Name,
        user =>
        {
            Assert.True(BcryptHash.TryParse(user.Hash, out BcryptHash? hash, out _));
            return hash;
        }));
}
