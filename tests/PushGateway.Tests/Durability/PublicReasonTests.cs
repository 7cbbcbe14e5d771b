using PushGateway.Durability;
using Xunit;

namespace PushGateway.Tests.Durability;

public sealed class PublicReasonTests
{
    [Theory]
    [InlineData("restoring", "restoring")]
    [InlineData("cannot write /var/lib/a b/store: No space left on device : '/var/lib/a b/store.tmp'",
        "cannot write store: No space left on device : 'store.tmp'")]
    [InlineData("Permission denied: cannot open /var/lib/a b", "Permission denied: cannot open the folder")]
    [InlineData("another gateway uses it, and has locked /mnt/disk/store.lock", "another gateway uses it, and has locked store.lock")]
    [InlineData("Access to the path '/mnt/disk/x' is denied.", "Access to the path 'x' is denied.")]
    [InlineData("read/write error: 1/2", "read/write error: 1/2")]
    public void Of_AReasonWithPaths_HasTheNamesOnly(string reason, string expected) =>
        Assert.Equal(expected, PublicReason.Of(reason, "/var/lib/a b/store"));

    [Theory]
    [InlineData("cannot write data/store: Is a directory", "cannot write store: Is a directory")]
    [InlineData("a/b: invalid data", "a/b: invalid data")]
    [InlineData("cannot open {0}/data/store.journal", "cannot open store.journal")]
    public void Of_ARelativePath_HasTheNameOnly(string reason, string expected) => Assert.Equal(
        expected,
        PublicReason.Of(reason.Replace("{0}", Environment.CurrentDirectory, StringComparison.Ordinal), "data/store"));

    [Fact]
    public void Of_AReasonWithoutAPersistenceFile_HasTheNamesOnly() => Assert.Equal(
        "could not open PG_VERSION (58P01)", PublicReason.Of("could not open /var/lib/postgresql/PG_VERSION (58P01)", ""));

    [Fact]
    public void Of_ALinkAboveItsTarget_HasTheNameOnly()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pushgateway-test-");
        try
        {
            string link = Path.Combine(folder.FullName, "link");
            string target = Path.Combine(folder.CreateSubdirectory("a b").FullName, "store");
            File.WriteAllText(target, "");
            File.CreateSymbolicLink(link, target);

            Assert.Equal("link: locked store.lock", PublicReason.Of($"{link}: locked {target}.lock", link));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Of_AFileInTheCurrentFolder_StaysAsItIs() =>
        Assert.Equal("cannot write store: I/O error", PublicReason.Of("cannot write store: I/O error", "store"));
}
