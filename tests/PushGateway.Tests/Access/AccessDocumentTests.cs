using PushGateway.Access;
using Xunit;

namespace PushGateway.Tests.Access;

public sealed class AccessDocumentTests
{
    // Of "token".
    private const string Hash = "sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0";
    private const string Role = "roles:\n  r:\n    permissions: [push]\n";

    [Theory]
    [InlineData("", true)]
    [InlineData("# nothing\n", true)]
    [InlineData("health:\nroles:\n", true)]
    [InlineData("health: open\n", true)]
    [InlineData("health: closed\nroles: {}\n", false)]
    public void TryParse_NoRoles_IsThatNobodyHasAny(string text, bool isHealthOpen)
    {
        AccessDocument document = Parse(text);

        Assert.Equal(isHealthOpen, document.IsHealthOpen);
        Assert.Empty(document.RoleBindings);
    }

    [Fact]
    public void TryParse_All_IsRead()
    {
        AccessDocument document = Parse($$"""
            health: closed
            roles:
              nightly:
                permissions: [push, delete]
                groups: '{job=~"nightly-.*",team="a"}'
                users: [bob, "Zoë"]
                certificates: [backup.example]
                tokens:
                  - {{Hash}}
                  - {{Hash.ToUpperInvariant().Replace("SHA", "sha", StringComparison.Ordinal)}}
              readers:
                permissions: [read]
                anonymous: true
              admins: {permissions: [admin, read, push, delete], users: [ann]}
              retired: {permissions: []}
            """);

        Assert.False(document.IsHealthOpen);
        Assert.Equal(
            [
                "nightly: Push, Delete of {job=~\"nightly-.*\",team=\"a\"} to bob,Zoë,backup.example and 2 tokens",
                "readers: Read to  and 0 tokens and all",
                "admins: Push, Delete, Read, Admin to ann and 0 tokens",
                "retired: None to  and 0 tokens",
            ],
            document.RoleBindings.Select(Describe));
        Assert.All(document.RoleBindings[0].Tokens, token => Assert.True(token.Is(TokenHash.OfHeader("Bearer token")!)));
    }

    [Fact]
    public void TryParse_SelectorWithoutBraces_NeedsNoQuotes() => Assert.Equal(
        "{job=~\"a.*\",team!=\"b\"}", Parse(Role + "    groups: job=~\"a.*\", team!=\"b\"\n").RoleBindings[0].Role.Groups!.ToString());

    [Theory]
    [InlineData("no_such: 1\n", "line 1: unknown key \"no_such\"")]
    [InlineData("- a\n", "line 1: the file has to hold keys and values")]
    [InlineData("health: ajar\n", "line 1: health has to be open or closed, not \"ajar\"")]
    [InlineData("roles: [a]\n", "line 1: roles has to hold keys and values")]
    [InlineData("roles:\n  r:\n", "line 2: r needs permissions, some of push, delete, read, admin")]
    [InlineData("roles:\n  r: {users: [a]}\n", "line 2: r needs permissions, some of push, delete, read, admin")]
    [InlineData("roles:\n  r: push\n", "line 2: r has to hold keys and values")]
    [InlineData("roles:\n  r:\n    permissions: push\n", "line 3: permissions has to be a list of texts")]
    [InlineData("roles:\n  r:\n    permissions:\n      - push\n      - write\n", "line 5: permissions has \"write\", which is none of push, delete, read, admin")]
    [InlineData("roles:\n  r:\n    permissions: [Push]\n", "line 3: permissions has \"Push\", which is none of push, delete, read, admin")]
    [InlineData("roles:\n  r:\n    permissions: ['']\n", "line 3: permissions has \"\", which is none of push, delete, read, admin")]
    [InlineData(Role + "    user: [a]\n", "line 4: unknown key \"user\" in r")]
    [InlineData(Role + "    users: a\n", "line 4: users has to be a list of texts")]
    [InlineData(Role + "    certificates: {a: b}\n", "line 4: certificates has to be a list of texts")]
    [InlineData(Role + "    anonymous: perhaps\n", "line 4: anonymous has to be true or false, not \"perhaps\"")]
    [InlineData(Role + "    groups: '{job=~\"a(\"}'\n", "line 4: groups has to be a selector such as '{job=~\"nightly-.*\"}', in quotes: 1:7: parse error: a regular expression is wrong: a parenthesis is not closed")]
    [InlineData(Role + "    groups: '{job=~\".*\"}'\n", "line 4: groups has to be a selector such as '{job=~\"nightly-.*\"}', in quotes: 1:1: parse error: a selector needs a matcher that does not match the empty value")]
    [InlineData(Role + "    groups: nightly\n", "line 4: groups matches only the labels of the URL, which have no metric name")]
    [InlineData(Role + "    groups: {job: a}\n", "line 4: groups has to be a text")]
    [InlineData("roles:\n  r:\n    permissions: [push, read]\n    groups: job=\"a\"\n", "line 4: groups limits only push and delete; put read and admin into another role")]
    [InlineData("roles:\n  r:\n    permissions: [admin]\n    groups: job=\"a\"\n", "line 4: groups limits only push and delete; put read and admin into another role")]
    public void TryParse_Wrong_SaysWhatAndWhere(string text, string expected)
    {
        Assert.False(AccessDocument.TryParse(text, out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-plain-token")]
    [InlineData("3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0")]
    [InlineData("SHA256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0")]
    [InlineData("sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e")]
    [InlineData("sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e00")]
    [InlineData("sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153eg")]
    [InlineData("sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0  -")]
    [InlineData("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")]
    public void TryParse_NoHashOfAToken_SaysWhereAndDoesNotRepeatIt(string token)
    {
        Assert.False(AccessDocument.TryParse($"{Role}    tokens:\n      - {Hash}\n      - '{token}'\n", out _, out string? error));
        Assert.Equal(
            "line 6: tokens needs the hash of a token, sha256: and 64 hexadecimal digits, and nothing else", error);
    }

    [Theory]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b")]
    public void TryParse_HashOfNothing_IsRefused(string hash)
    {
        Assert.False(AccessDocument.TryParse($"{Role}    tokens: ['sha256:{hash}']\n", out _, out string? error));
        Assert.Equal("line 4: tokens has the hash of an empty token", error);
    }

    [Theory]
    [InlineData("Bearer token", true)]
    [InlineData("bearer  token ", true)]
    [InlineData("Bearer Token", false)]
    [InlineData("Bearer token token", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer " + Hash, false)]
    [InlineData("Basic token", false)]
    [InlineData("token", false)]
    [InlineData("", false)]
    public void OfHeader_AnyHeader_IsTheHashOfItsToken(string header, bool isIt)
    {
        Assert.True(TokenHash.TryParse(Hash, out TokenHash? token, out _));
        Assert.Equal(isIt, TokenHash.OfHeader(header) is { } hash && token.Is(hash));
    }

    private static string Describe(RoleBinding one) =>
        $"{one.Role.Name}: {one.Role.Permissions}"
        + (one.Role.Groups is { } groups ? $" of {groups}" : "")
        + $" to {string.Join(',', one.Users.Concat(one.Certificates).Select(item => item.Text))}"
        + $" and {one.Tokens.Count} tokens{(one.IsAnonymous ? " and all" : "")}";

    private static AccessDocument Parse(string text)
    {
        Assert.True(AccessDocument.TryParse(text, out AccessDocument? document, out string? error), error);
        return document;
    }
}
