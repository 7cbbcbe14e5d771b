using System.Text;
using PushGateway.WebConfig;
using Xunit;

namespace PushGateway.Tests.WebConfig;

public sealed class LoginsTests : IDisposable
{
    // "secret"
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

    // "abc"
    private const string OtherHash = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";

    private readonly Logins _logins = new();

    public void Dispose() => _logins.Dispose();

    [Fact]
    public async Task AreGoodAsync_SameLoginTwice_IsCheckedOnce()
    {
        UserList users = Users(("bob", Hash));

        Assert.True(await IsGoodAsync(users, "bob", "secret"));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.Equal(1, _logins.Checks);
    }

    [Fact]
    public async Task AreGoodAsync_ManyAtOnce_AreCheckedOnce()
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
    public async Task AreGoodAsync_WrongLogin_IsCheckedEachTime(string user, string password)
    {
        UserList users = Users(("bob", Hash));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.False(await IsGoodAsync(users, user, password));
        Assert.False(await IsGoodAsync(users, user, password));

        // An unknown user costs what a known one does.
        Assert.Equal(3, _logins.Checks);
    }

    [Fact]
    public async Task AreGoodAsync_AnotherUsersPassword_IsWrong()
    {
        UserList users = Users(("ann", OtherHash), ("bob", Hash));
        Assert.True(await IsGoodAsync(users, "ann", "abc"));
        Assert.True(await IsGoodAsync(users, "bob", "secret"));

        Assert.False(await IsGoodAsync(users, "bob", "abc"));
        Assert.False(await IsGoodAsync(users, "ann", "secret"));
    }

    [Fact]
    public async Task AreGoodAsync_PasswordHasChanged_TheOldOneIsWrong()
    {
        Assert.True(await IsGoodAsync(Users(("bob", Hash)), "bob", "secret"));

        UserList changed = Users(("bob", OtherHash));

        Assert.False(await IsGoodAsync(changed, "bob", "secret"));
        Assert.True(await IsGoodAsync(changed, "bob", "abc"));
    }

    [Fact]
    public async Task AreGoodAsync_UserIsGone_IsWrong()
    {
        Assert.True(await IsGoodAsync(Users(("bob", Hash), ("ann", OtherHash)), "bob", "secret"));

        Assert.False(await IsGoodAsync(Users(("ann", OtherHash)), "bob", "secret"));
    }

    private async Task<bool> IsGoodAsync(UserList users, string user, string password) => await _logins.AreGoodAsync(
        users, user, Encoding.UTF8.GetBytes(password), TestContext.Current.CancellationToken);

    private static UserList Users(params (string Name, string Hash)[] users) => new(users.ToDictionary(
        user => user.Name,
        user =>
        {
            Assert.True(BcryptHash.TryParse(user.Hash, out BcryptHash? hash, out _));
            return hash;
        }));
}
