using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence;
using Xunit;

namespace PushGateway.Core.Tests.Persistence;

/// <summary>Files that are put together otherwise than Go does, or are none.</summary>
public class GobSnapshotReaderTests
{
    private const long Groups = 100;
    private const long Group = 101;
    private const long Texts = 102;
    private const long Families = 103;
    private const long Stamped = 104;
    private const long Time = 105;
    private const long Family = 106;
    private const long Odd = 107;
    private const long OddElement = 108;

    private static readonly byte[] AtFive = Gob.Blob(Convert.FromHexString("010000000E7791F70000000005FFFF"));
    private static readonly byte[] Up = Gob.Blob(ProtobufExposition.Encode(Snapshots.Group("a").Families[0].Family));
    private static readonly byte[] JobA = Gob.Map(Gob.String("job"), Gob.String("a"));

    private static readonly byte[] Definitions = Gob.Join(
        Gob.DefineMap(Groups, Gob.Text, Group),
        Gob.DefineStruct(Group, ("Labels", Texts), ("Metrics", Families), ("Extra", Texts)),
        Gob.DefineMap(Texts, Gob.Text, Gob.Text),
        Gob.DefineMap(Families, Gob.Text, Stamped),
        Gob.DefineStruct(Stamped, ("Timestamp", Time), ("GobbableMetricFamily", Family)),
        Gob.DefineGobEncoder(Time),
        Gob.DefineGobEncoder(Family));

    private static readonly byte[] UpAtFive = Gob.Map(Gob.String("up"), Gob.Struct((0, AtFive), (1, Up)));

    /// <summary>A definition of the type <see cref="Odd"/>, and a value of it.</summary>
    public static TheoryData<string, byte[], byte[]> OddTypes { get; } = new()
    {
        { "array", Gob.DefineArray(Odd, Gob.Int, 2), Gob.Counted(Gob.Signed(-1), Gob.Signed(300)) },
        { "slice of slices", Gob.DefineSlice(Odd, Odd), Gob.Counted(Gob.Counted(), Gob.Counted(Gob.Counted())) },
        { "map", Gob.DefineMap(Odd, Gob.UInt, Gob.Float), Gob.Map(Gob.Number(1), Gob.Number(0xF03F)) },
        { "complex", Gob.DefineSlice(Odd, Gob.Complex), Gob.Counted(Gob.Join(Gob.Number(200), Gob.Number(1))) },
        { "bytes", Gob.DefineSlice(Odd, Gob.Bytes), Gob.Counted(Gob.Blob(1, 2, 3), Gob.Blob()) },
        { "bool", Gob.DefineSlice(Odd, Gob.Bool), Gob.Counted([1], [0]) },
        { "gob encoder", Gob.DefineGobEncoder(Odd), Gob.Blob(9, 9) },
        { "binary marshaler", Gob.DefineBinaryMarshaler(Odd), Gob.Blob(9) },
        { "text marshaler", Gob.DefineTextMarshaler(Odd), Gob.String("text") },
        {
            "struct that has itself",
            Gob.DefineStruct(Odd, ("A", Gob.Int), ("B", Gob.Text), ("Next", Odd)),
            Gob.Struct((1, Gob.String("x")), (2, Gob.Struct((0, Gob.Signed(-5)), (2, Gob.Struct()))))
        },
        {
            "type defined after its use",
            Gob.Join(Gob.DefineSlice(Odd, OddElement), Gob.DefineMap(OddElement, Gob.Text, Gob.Int)),
            Gob.Counted(Gob.Map(Gob.String("a"), Gob.Signed(1)), Gob.Map())
        },
    };

    [Fact]
    public void Read_OtherTypeNumbersThanGos_GivesTheGroup()
    {
        PersistedGroup group = Assert.Single(Snapshots.Read(File(Gob.Struct((0, JobA), (1, UpAtFive)))));

        Assert.Equal(Snapshots.Describe(Snapshots.Group("a")), Snapshots.Describe(group));
    }

    [Theory]
    [MemberData(nameof(OddTypes))]
    public void Read_UnknownFields_ArePassedOver(string kind, byte[] definition, byte[] value)
    {
        byte[] file = Gob.Join(
            definition,
            Gob.DefineGobEncoder(Family),
            Gob.DefineBinaryMarshaler(Time),
            Gob.DefineStruct(Stamped, ("X", Odd), ("GobbableMetricFamily", Family), ("Timestamp", Time), ("Y", Odd)),
            Gob.DefineMap(Families, Gob.Text, Stamped),
            Gob.DefineMap(Texts, Gob.Text, Gob.Text),
            Gob.DefineStruct(Group, ("X", Odd), ("Metrics", Families), ("Y", Odd), ("Labels", Texts), ("labels", Odd)),
            Gob.DefineMap(Groups, Odd, Group),
            Gob.Value(Groups, Gob.Map(value, Gob.Struct(
                (0, value),
                (1, Gob.Map(Gob.String("up"), Gob.Struct((0, value), (1, Up), (2, AtFive), (3, value)))),
                (2, value),
                (3, JobA),
                (4, value)))));

        PersistedGroup group = Assert.Single(Snapshots.Read(file));

        Assert.True(Snapshots.Describe(Snapshots.Group("a")) == Snapshots.Describe(group), kind);
    }

    [Fact]
    public void Read_FieldsThatAreNotSent_AreEmpty()
    {
        byte[] stamped = Gob.Struct((1, Up));

        List<PersistedGroup> groups =
            Snapshots.Read(File(Gob.Struct(), Gob.Struct((0, JobA), (1, Gob.Map(Gob.String("up"), stamped)))));

        Assert.Empty(groups[0].Key.Labels);
        Assert.Empty(groups[0].Families);
        Assert.Equal(0, Assert.Single(groups[1].Families).PushedAt);
        Assert.Equal([new Label("job", "a")], groups[1].Key.Labels);
    }

    [Fact]
    public void Read_FieldsThatAreNotDefined_AreEmpty()
    {
        byte[] file = Gob.Join(
            Gob.DefineMap(Groups, Gob.Text, Group),
            Gob.DefineMap(Texts, Gob.Text, Gob.Text),
            Gob.DefineStruct(Group, ("Labels", Texts)),
            Gob.Value(Groups, Gob.Map(Gob.String("any"), Gob.Struct((0, JobA)))));

        PersistedGroup group = Assert.Single(Snapshots.Read(file));

        Assert.Equal([new Label("job", "a")], group.Key.Labels);
        Assert.Empty(group.Families);
    }

    [Theory]
    [InlineData("", "a metric family without a name")]
    [InlineData("0A02FFFE", "the name of metric family \"\\xff\\xfe\" is not UTF-8")]
    [InlineData("0A05", "proto: cannot parse invalid wire-format data: unexpected EOF at byte 2")]
    public void Read_FamilyThatIsNotTaken_IsReportedAndTheOthersAreThere(string message, string error)
    {
        byte[] families = Gob.Map(
            Gob.String("bad"), Gob.Struct((1, Gob.Blob(Convert.FromHexString(message)))),
            Gob.String("up"), Gob.Struct((0, AtFive), (1, Up)));

        PersistedGroup group = Assert.Single(Snapshots.Read(File(Gob.Struct((0, JobA), (1, families)))));

        UnreadableFamily unreadable = Assert.Single(group.Unreadable);
        Assert.Equal(("bad", error), (unreadable.Name.ToString(), unreadable.Error.Message));
        Assert.Equal("up", Assert.Single(group.Families).Family.Name.ToString());
    }

    [Fact]
    public void Read_FamilyUnderTwoNames_TheLaterCounts()
    {
        byte[] families = Gob.Map(
            Gob.String("a"), Gob.Struct((1, Up)), Gob.String("b"), Gob.Struct((0, AtFive), (1, Up)));

        PersistedGroup group = Assert.Single(Snapshots.Read(File(Gob.Struct((0, JobA), (1, families)))));

        Assert.Equal(5, Assert.Single(group.Families).PushedAt);
    }

    [Fact]
    public void Read_WhatComesAfterTheGroups_IsNotLookedAt() =>
        Assert.Single(Snapshots.Read([.. File(Gob.Struct((0, JobA))), 0xFF, 0xFF]));

    private static byte[] File(params byte[][] groups) => [.. Definitions, .. Gob.Value(Groups, Keyed(groups))];

    private static byte[] Keyed(byte[][] groups) =>
        Gob.Map([.. groups.SelectMany(group => new[] { Gob.String("any"), group })]);
}
