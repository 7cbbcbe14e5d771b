using Xunit;

namespace PushGateway.Tests;

public class BuildInfoTests
{
    [Fact]
    public void Current_ThisBuild_HasEveryValue()
    {
        BuildInfo build = BuildInfo.Current;
        Assert.Matches(@"^\d+\.\d+\.\d+", build.Version);
        Assert.Matches("^([0-9a-f]{40}|unknown)$", build.Revision);
        Assert.Matches(@"^(\d{8}-\d\d:\d\d:\d\d|unknown)$", build.BuildDate);
        Assert.NotEmpty(build.Branch);
        Assert.NotEmpty(build.BuildUser);
        Assert.Equal(Environment.Version.ToString(), build.RuntimeVersion);
        Assert.Matches("^[a-z]+/[a-z0-9]+$", build.Platform);
    }

    [Fact]
    public void Summaries_AnyBuild_AreOneLineInParentheses()
    {
        var build = new BuildInfo("1.2.3", "r", "b", "u", "d", "10.0.0", "linux/amd64");
        Assert.Equal("(version=1.2.3, branch=b, revision=r)", build.ToVersionSummary());
        Assert.Equal("(dotnet=10.0.0, platform=linux/amd64, user=u, date=d, tags=unknown)", build.ToBuildSummary());
    }
}
