using PushGateway.Core.Model;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;
using Xunit;

namespace PushGateway.Core.Tests.Store.Consistency;

/// <summary>Pushes that are stored without a check, and the check that scrapes then need.</summary>
public class UncheckedPushTests
{
    [Fact]
    public void Push_Fitting_LeavesTheStoreConsistent()
    {
        var store = new TestStore();

        Assert.Null(store.Put("job=a", "x 1\n", PushCheck.Unchecked).Error);

        Assert.False(store.Store.Snapshot.MayBeInconsistent);
        Assert.Empty(store.GatherErrors());
    }

    [Theory]
    [InlineData("x 1\nx 2\n", """
        collected metric "x" { LABELS untyped:{value:2}}
        """, "was collected before with the same name and label values")]
    [InlineData("# TYPE x histogram\nx_count{job=\"p\"} 1\nx_count{job=\"q\"} 2\n", """
        collected metric "x" { LABELS histogram:{sample_count:2}}
        """, "was collected before with the same name and label values")]
    [InlineData("{\"x\",__a=\"b\"} 1\n", """
        collected metric "x" { label:{name:"__a" value:"b"} LABELS untyped:{value:1}}
        """, "has a label with an invalid name: __a")]
    [InlineData("# TYPE h histogram\nh_sum 1\n# TYPE y gauge\ny 1\n", """
        collected metric "y" { LABELS gauge:{value:1}}
        """, "is not a COUNTER")]
    public void Push_NotFitting_IsStoredAndFailsTheCheck(string body, string metric, string fault)
    {
        TestStore store = new TestStore().With("job=Z", "# TYPE y counter\ny 1\n");

        Assert.Null(store.Put("job=a", body, PushCheck.Unchecked).Error);

        Assert.Equal("2/0", store.Stamps("job=a"));
        Assert.True(store.Store.Snapshot.MayBeInconsistent);
        metric = metric.Replace(
            "LABELS", """label:{name:"instance" value:""} label:{name:"job" value:"a"}""", StringComparison.Ordinal);
        Assert.Equal([metric + " " + fault], store.GatherErrors());
    }

    [Fact]
    public void FindErrors_NamesThatClash_AreToldOncePerFamily()
    {
        TestStore store = new TestStore().With("job=a", "# TYPE h histogram\nh_sum 1\n");
        store.Put("job=b", "h_count 1\nh_count{a=\"b\"} 1\n", PushCheck.Unchecked);
        store.Put("job=c", "# TYPE i summary\ni_sum 1\n", PushCheck.Unchecked);
        store.Put("job=d", "i_sum 1\n", PushCheck.Unchecked);

        Assert.Equal(
            [
                "collected metric named \"h_count\" collides with previously collected histogram named \"h\"",
                "collected metric named \"i_sum\" collides with previously collected summary named \"i\"",
            ],
            store.GatherErrors());
    }

    [Fact]
    public void FindErrors_OwnFamilies_MustBeAgreedWith()
    {
        var store = new TestStore(new ReservedFamily(new("own"), MetricType.Summary, new("Own."), CorrectsHelp: false));
        store.Put("job=a", "# HELP own Mine.\n# TYPE own summary\nown_sum 1\n", PushCheck.Unchecked);
        store.Put("job=b", "own_count 1\n", PushCheck.Unchecked);

        Assert.Equal(
            [
                "gathered metric family own has help \"Mine.\" but should have \"Own.\"",
                "collected metric named \"own_count\" collides with previously collected summary named \"own\"",
            ],
            store.GatherErrors());
    }

    [Fact]
    public void Trust_SnapshotFoundConsistent_IsNotToBeCheckedAgain()
    {
        TestStore store = Inconsistent();
        store.Delete("job=a");
        Assert.True(store.Store.Snapshot.MayBeInconsistent);
        Assert.Empty(store.GatherErrors());

        store.Store.MarkConsistent(store.Store.Snapshot);

        Assert.False(store.Store.Snapshot.MayBeInconsistent);
        Assert.Equal(1, store.Store.Snapshot.GroupCount);
        store.With("job=c", "z 1\n");
        Assert.False(store.Store.Snapshot.MayBeInconsistent);
    }

    [Fact]
    public void Trust_SnapshotThatHasChangedSince_DoesNothing()
    {
        TestStore store = Inconsistent();
        store.Delete("job=a");
        StoreSnapshot found = store.Store.Snapshot;
        store.Put("job=a", "x 1\nx 1\n", PushCheck.Unchecked);

        store.Store.MarkConsistent(found);

        Assert.True(store.Store.Snapshot.MayBeInconsistent);
        Assert.Single(store.GatherErrors());
    }

    [Fact]
    public void Push_CheckedAfterwards_IsHeldToItsOwnConflictsOnly()
    {
        TestStore store = Inconsistent();

        store.With("job=c", "z 1\n");
        store.Refused("job=d", "z{job=\"c\"} 1\nz 2\nz 3\n");

        Assert.True(store.Store.Snapshot.MayBeInconsistent);
    }

    [Fact]
    public void Wipe_InconsistentStore_IsConsistent()
    {
        TestStore store = Inconsistent();

        store.Store.Apply(new WipeCommand());

        Assert.False(store.Store.Snapshot.MayBeInconsistent);
        store.With("job=a", "x 1\n");
        Assert.False(store.Store.Snapshot.MayBeInconsistent);
    }

    /// <summary>A series that occurs three times is removed only with the last one.</summary>
    [Fact]
    public void Delete_OneOfSeveralEqualSeries_LeavesTheOthersCounted()
    {
        var store = new TestStore();
        foreach (string key in (string[])["job=a", "job=a,instance=", "job=a,z="])
        {
            store.Put(key, "x{job=\"a\",instance=\"\",z=\"\"} 1\n", PushCheck.Unchecked);
        }
        store.Delete("job=a");
        Assert.Single(store.GatherErrors());
        store.Delete("job=a,instance=");
        Assert.Empty(store.GatherErrors());

        store.Refused("job=a", "x{z=\"\"} 1\n");
        store.Delete("job=a,z=");
        store.With("job=a", "x{z=\"\"} 1\n");
    }

    private static TestStore Inconsistent()
    {
        TestStore store = new TestStore().With("job=b", "y 1\n");
        store.Put("job=a", "x 1\nx 1\n", PushCheck.Unchecked);
        Assert.Single(store.GatherErrors());
        return store;
    }
}
