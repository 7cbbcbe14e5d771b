using System.Text;
using PushGateway.Core.Store;
using Xunit;

namespace PushGateway.Core.Tests.Store.Merging;

/// <summary>A merge reads a group outside the store's lock, while other pushes reuse the arrays of replaced groups.</summary>
public class PinnedGroupTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Push_ReplacesAGroupThatAMergeReads_LeavesItsArrays(bool isRejectedBetween)
    {
        var store = new TestStore();
        MetricGroup? read = null;
        store.Store.Listen(new GroupListener { Added = group => read = group, Removed = _ => { }, Cleared = () => { } });
        store.Post("job=a", "c 1\n");
        read!.Pin();
        if (isRejectedBetween)
        {
            store.Store.Apply(new RecordParseErrorCommand(TestStore.Key("job=a"), "no", At: 2));
        }

        store.Post("job=a", "c 2\n");
        store.Post("job=a", "c 3\n");

        Assert.Equal("c{instance=\"\",job=\"a\"} 1\n", Encoding.UTF8.GetString(read.Families[0].Lines));
    }
}
