using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Store;
using PushGateway.Core.Tests.Exposition;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

public class GobSnapshotWriterTests
{
    private static readonly Gen<Utf8String> LabelValues = Gen.OneOf(
        Gen.Elements<Utf8String>(new(""), new("/var/tmp"), new("中文"), new([0xFF, 0x00])),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => new Utf8String(text.Get)));

    private static readonly Gen<long> Times = Gen.OneOf(
        Gen.Elements(0L, long.MaxValue, 1),
        ArbMap.Default.GeneratorFor<NonNegativeInt>().Select(time => (long)time.Get));

    private static readonly Gen<Dictionary<string, string>> Extras =
        from names in Gen.Elements("ttl", "expires", "é").ListOf()
        select names.Distinct().ToDictionary(name => name, name => name + "\n\"");

    private static readonly Arbitrary<PersistedGroup> AnyGroup =
        (from names in Gen.Elements("job", "instance", "é", "a").ListOf()
         from values in LabelValues.ListOf(4)
         from families in Families.Any.Generator.ListOf()
         from times in Times.ListOf(families.Count)
         from extra in Extras
         let labels = names.Distinct().Zip(values, (name, value) => new Label(new Utf8String(name), value))
         select new PersistedGroup(
             new GroupingKey(labels),
             [.. families.Zip(times, (family, time) => new PersistedFamily(family, time))
                 .DistinctBy(family => family.Family.Name)])
         {
             Extra = extra,
         })
        .ToArbitrary();

    [Fact]
    public void Write_AnyGroups_AreReadBackAsTheyWere() => Prop.ForAll(AnyGroup.Array(), groups => Assert.Equal(
        groups.Select(Snapshots.Describe), Snapshots.Read(Snapshots.Write(groups)).Select(Snapshots.Describe)))
        .Check(PropertyTests.Settings);

    [Theory]
    [InlineData(0x8000000000000000)] // -0
    [InlineData(0x7FF8000000000001)] // Go's NaN
    [InlineData(0xFFF8000000000000)] // .NET's NaN
    [InlineData(0x7FF0000000000002)] // the stale marker
    [InlineData(0x0000000000000001)]
    public void Write_Number_KeepsItsBits(ulong bits)
    {
        byte[] file = Snapshots.Write(Snapshots.Group("a", BitConverter.UInt64BitsToDouble(bits)));

        MetricFamily family = Assert.Single(Assert.Single(Snapshots.Read(file)).Families).Family;

        Assert.Equal(bits, BitConverter.DoubleToUInt64Bits(Assert.Single(family.Metrics).Number));
    }

    [Fact]
    public void Write_HistogramWithEverything_IsReadBackAsItWas()
    {
        PersistedGroup group = Snapshots.Group("a") with { Families = [new(Families.Rich(), 7)] };

        PersistedGroup read = Assert.Single(Snapshots.Read(Snapshots.Write(group)));

        Assert.Equal(Snapshots.Describe(group), Snapshots.Describe(read));
    }

    [Fact]
    public void Write_NoGroups_IsAFileWithoutGroups() => Assert.Empty(Snapshots.Read(Snapshots.Write()));

    [Fact]
    public void Write_GroupWithoutFamilies_IsThere()
    {
        byte[] file = Snapshots.Write(Snapshots.Group("a") with { Families = [] });

        Assert.Empty(Assert.Single(Snapshots.Read(file)).Families);
    }

    /// <summary>Go finds a group that is pushed to by this key.</summary>
    [Fact]
    public void Write_Group_HasTheKeyThatGoMakesOfItsLabels()
    {
        var key = new GroupingKey([new("job", "b"), new("zone", ""), new("instance", "host")]);

        byte[] file = Snapshots.Write(new PersistedGroup(key, []));

        byte[] expected =
            [.. "instance"u8, 0xFF, .. "host"u8, 0xFF, .. "job"u8, 0xFF, .. "b"u8, 0xFF, .. "zone"u8, 0xFF];
        Assert.True(file.AsSpan().IndexOf(GobBuilder.Blob(expected)) >= 0);
    }

    [Fact]
    public void Write_StreamWithBytes_WritesBehindThem()
    {
        using var stream = new MemoryStream();
        stream.Write("before"u8);

        GobSnapshotWriter.Write(stream, [Snapshots.Group("a")]);

        Assert.Equal([.. "before"u8, .. Snapshots.Write(Snapshots.Group("a"))], stream.ToArray());
        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void Write_SourceFails_LeavesNoFileThatCanBeRead()
    {
        using var stream = new MemoryStream();

        Assert.Throws<NotSupportedException>(() => GobSnapshotWriter.Write(stream, FailAfter(10_000)));

        Assert.InRange(stream.Length, 100_000, 10_000_000);
        Assert.Empty(Snapshots.ReadPrefix(stream.ToArray()).Groups);
        Assert.NotNull(Snapshots.ReadPrefix(stream.ToArray()).Error);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void Write_MessageOfTheGreatestLength_IsTheLastThatIsWritten(int more, bool isWritten)
    {
        PersistedGroup[] groups = [Snapshots.Group("a"), Snapshots.Group("b")];
        long messageBytes = MessageBytes(Snapshots.Write(groups));
        using var stream = new MemoryStream();

        Exception? refusal =
            Record.Exception(() => GobSnapshotWriter.Write(stream, groups, messageBytes + more));

        Assert.Equal(isWritten, refusal is null);
        Assert.True(isWritten || refusal is IOException);
    }

    /// <summary>The expected bytes after the reserved length, which follows the last definition.</summary>
    private static long MessageBytes(byte[] file)
    {
        int length = file.AsSpan().IndexOf<byte>([0xF8, 0, 0, 0, 0]);
        return file.Length - length - 1 - sizeof(ulong);
    }

    private static IEnumerable<PersistedGroup> FailAfter(int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return Snapshots.Group($"job {i}");
        }
        throw new NotSupportedException();
    }
}
