using PushGateway.Core.Query.Groups;
using PushGateway.Core.Tests.Store;
using Xunit;

namespace PushGateway.Core.Tests.Query.Groups;

public class JobPageTests
{
    private readonly TestStore _store = new TestStore()
        .With("job=db10", "x 1\n")
        .With("instance=1,job=db2", "x 1\ny 1\n")
        .With("instance=2,job=db2", "x 1\n")
        .With("job=zeta", "x 1\n")
        .With("job=late", "x 1\n");

    [Fact]
    public void Select_All_HasLateAndFailingJobsFirstAndThenByName()
    {
        _store.Refused("job=zeta", "x 1\nx 2\n");

        JobPage page = Select(new GroupSelection(), 0, 50);

        Assert.Equal(
            [
                "late: 1 groups, 3 series, 1 late, 0 failing, 0 expiring, 5 to 5",
                "zeta: 1 groups, 3 series, 0 late, 1 failing, 0 expiring, 4 to 4",
                "db2: 2 groups, 7 series, 0 late, 0 failing, 1 expiring, 2 to 3",
                "db10: 1 groups, 3 series, 0 late, 0 failing, 0 expiring, 1 to 1",
            ],
            page.Jobs.Select(Show));
        Assert.Equal(4, page.All.Count);
    }

    [Theory]
    [InlineData(0, 2, "late db2")]
    [InlineData(1, 2, "db2 db10")]
    [InlineData(3, 50, "zeta")]
    [InlineData(9, 50, "")]
    [InlineData(0, 0, "")]
    public void Select_APage_IsThatPartOnly(int offset, int limit, string jobs)
    {
        JobPage page = Select(new GroupSelection(), offset, limit);

        Assert.Equal(jobs, string.Join(' ', page.Jobs.Select(job => job.Job)));
        Assert.Equal(4, page.All.Count);
    }

    [Fact]
    public void Select_SomeGroups_CountsThese()
    {
        JobPage page = Select(new GroupSelection { Words = ["y"] }, 0, 50);

        Assert.Equal(["db2: 1 groups, 4 series, 0 late, 0 failing, 0 expiring, 2 to 2"], page.Jobs.Select(Show));
    }

    [Fact]
    public void Select_OfAGroupThatWasNeverAccepted_HasNoPush()
    {
        _store.Put("job=zeta,l=1", "x 1\nx 2\n");

        JobPage page = Select(new GroupSelection { Words = ["zeta"] }, 0, 50);

        Assert.Equal(["zeta: 2 groups, 5 series, 0 late, 1 failing, 0 expiring, 0 to 4"], page.Jobs.Select(Show));
    }

    [Fact]
    public void Select_OfARequestThatIsGone_Ends() => Assert.Throws<OperationCanceledException>(() => JobPage.Select(
        _store.Store.Snapshot, new GroupSelection(), States, 0, 50, new CancellationToken(canceled: true)));

    private static GroupStates States { get; } = new(
        group => group.Key == TestStore.Key("job=late"), group => group.Key == TestStore.Key("instance=2,job=db2"), _ => false);

    private JobPage Select(GroupSelection selection, int offset, int limit) =>
        JobPage.Select(_store.Store.Snapshot, selection, States, offset, limit, CancellationToken.None);

    private static string Show(JobSummary job) =>
        $"{job.Job}: {job.Groups} groups, {job.Series} series, {job.Late} late, {job.Failing} failing, {job.Expiring} expiring, "
        + $"{job.OldestPush} to {job.LastPush}";
}
