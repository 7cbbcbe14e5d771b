using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Files with another structure than Go's, or that are not persistence files.</summary>
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

    private static readonly byte[] AtFive = GobBuilder.Blob(Convert.FromHexString("010000000E7791F70000000005FFFF"));
    private static readonly byte[] Up = GobBuilder.Blob(ProtobufExposition.Encode(Snapshots.Group("a").Families[0].Family));
    private static readonly byte[] JobA = GobBuilder.Map(GobBuilder.String("job"), GobBuilder.String("a"));

    private static readonly byte[] Definitions = GobBuilder.Join(
        GobBuilder.DefineMap(Groups, GobBuilder.Text, Group),
        GobBuilder.DefineStruct(Group, ("Labels", Texts), ("Metrics", Families), ("Extra", Texts)),
        GobBuilder.DefineMap(Texts, GobBuilder.Text, GobBuilder.Text),
        GobBuilder.DefineMap(Families, GobBuilder.Text, Stamped),
        GobBuilder.DefineStruct(Stamped, ("Timestamp", Time), ("GobbableMetricFamily", Family)),
        GobBuilder.DefineGobEncoder(Time),
        GobBuilder.DefineGobEncoder(Family));

    private static readonly byte[] UpAtFive = GobBuilder.Map(GobBuilder.String("up"), GobBuilder.Struct((0, AtFive), (1, Up)));

    /// <summary>A definition of the type <see cref="Odd"/>, and a value of it.</summary>
    public static TheoryData<string, byte[], byte[]> OddTypes { get; } = new()
    {
        { "array", GobBuilder.DefineArray(Odd, GobBuilder.Int, 2), GobBuilder.Counted(GobBuilder.Signed(-1), GobBuilder.Signed(300)) },
        { "slice of slices", GobBuilder.DefineSlice(Odd, Odd), GobBuilder.Counted(GobBuilder.Counted(), GobBuilder.Counted(GobBuilder.Counted())) },
        { "map", GobBuilder.DefineMap(Odd, GobBuilder.UInt, GobBuilder.Float), GobBuilder.Map(GobBuilder.Number(1), GobBuilder.Number(0xF03F)) },
        { "complex", GobBuilder.DefineSlice(Odd, GobBuilder.Complex), GobBuilder.Counted(GobBuilder.Join(GobBuilder.Number(200), GobBuilder.Number(1))) },
        { "bytes", GobBuilder.DefineSlice(Odd, GobBuilder.Bytes), GobBuilder.Counted(GobBuilder.Blob(1, 2, 3), GobBuilder.Blob()) },
        { "bool", GobBuilder.DefineSlice(Odd, GobBuilder.Bool), GobBuilder.Counted([1], [0]) },
        { "gob encoder", GobBuilder.DefineGobEncoder(Odd), GobBuilder.Blob(9, 9) },
        { "binary marshaler", GobBuilder.DefineBinaryMarshaler(Odd), GobBuilder.Blob(9) },
        { "text marshaler", GobBuilder.DefineTextMarshaler(Odd), GobBuilder.String("text") },
        {
            "struct that has itself",
            GobBuilder.DefineStruct(Odd, ("A", GobBuilder.Int), ("B", GobBuilder.Text), ("Next", Odd)),
            GobBuilder.Struct((1, GobBuilder.String("x")), (2, GobBuilder.Struct((0, GobBuilder.Signed(-5)), (2, GobBuilder.Struct()))))
        },
        {
            "type defined after its use",
            GobBuilder.Join(GobBuilder.DefineSlice(Odd, OddElement), GobBuilder.DefineMap(OddElement, GobBuilder.Text, GobBuilder.Int)),
            GobBuilder.Counted(GobBuilder.Map(GobBuilder.String("a"), GobBuilder.Signed(1)), GobBuilder.Map())
        },
    };

    [Fact]
    public void Read_OtherTypeNumbersThanGos_GivesTheGroup()
    {
        PersistedGroup group = Assert.Single(Snapshots.Read(File(GobBuilder.Struct((0, JobA), (1, UpAtFive)))));

        Assert.Equal(Snapshots.Describe(Snapshots.Group("a")), Snapshots.Describe(group));
    }

    [Theory]
    [MemberData(nameof(OddTypes))]
    public void Read_UnknownFields_ArePassedOver(string kind, byte[] definition, byte[] value)
    {
        byte[] file = GobBuilder.Join(
            definition,
            GobBuilder.DefineGobEncoder(Family),
            GobBuilder.DefineBinaryMarshaler(Time),
            GobBuilder.DefineStruct(Stamped, ("X", Odd), ("GobbableMetricFamily", Family), ("Timestamp", Time), ("Y", Odd)),
            GobBuilder.DefineMap(Families, GobBuilder.Text, Stamped),
            GobBuilder.DefineMap(Texts, GobBuilder.Text, GobBuilder.Text),
            GobBuilder.DefineStruct(Group, ("X", Odd), ("Metrics", Families), ("Y", Odd), ("Labels", Texts), ("labels", Odd)),
            GobBuilder.DefineMap(Groups, Odd, Group),
            GobBuilder.Value(Groups, GobBuilder.Map(value, GobBuilder.Struct(
                (0, value),
                (1, GobBuilder.Map(GobBuilder.String("up"), GobBuilder.Struct((0, value), (1, Up), (2, AtFive), (3, value)))),
                (2, value),
                (3, JobA),
                (4, value)))));

        PersistedGroup group = Assert.Single(Snapshots.Read(file));

        Assert.True(Snapshots.Describe(Snapshots.Group("a")) == Snapshots.Describe(group), kind);
    }

    [Fact]
    public void Read_FieldsThatAreNotSent_AreEmpty()
    {
        byte[] stamped = GobBuilder.Struct((1, Up));

        List<PersistedGroup> groups =
            Snapshots.Read(File(GobBuilder.Struct(), GobBuilder.Struct((0, JobA), (1, GobBuilder.Map(GobBuilder.String("up"), stamped)))));

        Assert.Empty(groups[0].Key.Labels);
        Assert.Empty(groups[0].Families);
        Assert.Equal(0, Assert.Single(groups[1].Families).PushedAt);
        Assert.Equal([new Label("job", "a")], groups[1].Key.Labels);
    }

    [Fact]
    public void Read_FieldsThatAreNotDefined_AreEmpty()
    {
        byte[] file = GobBuilder.Join(
            GobBuilder.DefineMap(Groups, GobBuilder.Text, Group),
            GobBuilder.DefineMap(Texts, GobBuilder.Text, GobBuilder.Text),
            GobBuilder.DefineStruct(Group, ("Labels", Texts)),
            GobBuilder.Value(Groups, GobBuilder.Map(GobBuilder.String("any"), GobBuilder.Struct((0, JobA)))));

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
        byte[] families = GobBuilder.Map(
            GobBuilder.String("bad"), GobBuilder.Struct((1, GobBuilder.Blob(Convert.FromHexString(message)))),
            GobBuilder.String("up"), GobBuilder.Struct((0, AtFive), (1, Up)));

        PersistedGroup group = Assert.Single(Snapshots.Read(File(GobBuilder.Struct((0, JobA), (1, families)))));

        UnreadableFamily unreadable = Assert.Single(group.Unreadable);
        Assert.Equal(("bad", error), (unreadable.Name.ToString(), unreadable.Error.Message));
        Assert.Equal("up", Assert.Single(group.Families).Family.Name.ToString());
    }

    [Fact]
    public void Read_FamilyUnderTwoNames_TheLaterCounts()
    {
        byte[] families = GobBuilder.Map(
            GobBuilder.String("a"), GobBuilder.Struct((1, Up)), GobBuilder.String("b"), GobBuilder.Struct((0, AtFive), (1, Up)));

        PersistedGroup group = Assert.Single(Snapshots.Read(File(GobBuilder.Struct((0, JobA), (1, families)))));

        Assert.Equal(5, Assert.Single(group.Families).PushedAt);
    }

    [Fact]
    public void Read_WhatComesAfterTheGroups_IsNotLookedAt() =>
        Assert.Single(Snapshots.Read([.. File(GobBuilder.Struct((0, JobA))), 0xFF, 0xFF]));

    private static byte[] File(params byte[][] groups) => [.. Definitions, .. GobBuilder.Value(Groups, Keyed(groups))];

    private static byte[] Keyed(byte[][] groups) =>
        GobBuilder.Map([.. groups.SelectMany(group => new[] { GobBuilder.String("any"), group })]);
}
