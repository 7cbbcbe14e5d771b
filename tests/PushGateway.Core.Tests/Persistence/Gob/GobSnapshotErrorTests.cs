using System.Text;
using PushGateway.Core.Persistence.Gob;
using Xunit;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Files that are no persistence files, or are wrong in one place.</summary>
public class GobSnapshotErrorTests
{
    private const long Groups = 64;
    private const long Group = 65;
    private const long Texts = 66;
    private const long Families = 67;
    private const long Stamped = 68;
    private const long Opaque = 69;

    private static readonly byte[] JobA = GobBuilder.Map(GobBuilder.String("job"), GobBuilder.String("a"));

    private static readonly byte[] Definitions = GobBuilder.Join(
        GobBuilder.DefineMap(Groups, GobBuilder.Text, Group),
        GobBuilder.DefineStruct(Group, ("Labels", Texts), ("Metrics", Families)),
        GobBuilder.DefineMap(Texts, GobBuilder.Text, GobBuilder.Text),
        GobBuilder.DefineMap(Families, GobBuilder.Text, Stamped),
        GobBuilder.DefineStruct(Stamped, ("Timestamp", Opaque), ("GobbableMetricFamily", Opaque)),
        GobBuilder.DefineGobEncoder(Opaque));

    public static TheoryData<string, byte[]> NoFiles { get; } = new()
    {
        { "byte 0: the length of a message expected, but the file ends", [] },
        { "byte 1: a type's number expected, but the file ends", "A"u8.ToArray() },
        { "byte 2: type 17 is not defined", Encoding.UTF8.GetBytes("{\"groups\":[]}") },
        { "byte 1: a type's number expected, but the message ends", [0] },
        { "byte 1: the length of a message expected, not a number of 85 bytes", [0xAB] },
        {
            "byte 9: the length of a message expected, not 18446744073709551615",
            [0xF8, .. Enumerable.Repeat<byte>(255, 8)]
        },
        { "byte 2: a map of groups expected, not a number", GobBuilder.Value(GobBuilder.Int, GobBuilder.Signed(5)) },
        { "byte 2: a map of groups expected, not a string", GobBuilder.Value(GobBuilder.Text, GobBuilder.String("x")) },
    };

    public static TheoryData<string, byte[]> Definitive { get; } = new()
    {
        { "a new type expected, not another definition of type 5", GobBuilder.DefineGobEncoder(5) },
        { "a new type expected, not another definition of type 63", GobBuilder.DefineGobEncoder(63) },
        { "a new type expected, not another definition of type 69", GobBuilder.DefineGobEncoder(Opaque) },
        { "the definition of a type expected", GobBuilder.Blob([.. GobBuilder.Signed(-99), 0]) },
        { "the definition of a type expected, not one of kind 7", GobBuilder.Define(99, 7) },
        {
            "the definition of a type expected, not one of kind 1 with a field 2",
            GobBuilder.Define(99, 1, (1, [1]), (2, [1]))
        },
        { "the definition of a type expected, not one of kind 4 with a field 1", GobBuilder.Define(99, 4, (1, [1])) },
        {
            "the end of the message expected, which claims 1 bytes more",
            GobBuilder.Blob([.. GobBuilder.DefineGobEncoder(99)[1..], 0])
        },
        {
            "a field expected, not one 1048577 after field -1",
            GobBuilder.Blob([.. GobBuilder.Signed(-99), .. GobBuilder.Number((1 << 20) + 1)])
        },
        { "type 99 is not defined", GobBuilder.Value(99, []) },
        { "a zero before the groups expected, not 1", GobBuilder.Blob([.. GobBuilder.Signed(Groups), 1, 0]) },
        { "a value expected, but the message ends", GobBuilder.Value(Groups, GobBuilder.Number(1)) },
        { "the end of the message expected, which claims 9 bytes more", GobBuilder.Value(Groups, [0, .. new byte[9]]) },
        { "one of 2 fields expected, not field 2", Value(GobBuilder.Struct((2, []))) },
        { "Labels has a name that is not UTF-8", Value(GobBuilder.Struct((0, [1, 1, 0xF4, .. GobBuilder.String("a")]))) },
        { "Labels has a name twice", Value(GobBuilder.Struct((0, [2, .. JobA[1..], .. JobA[1..]]))) },
        {
            "Labels expected, not 200 bytes where the message has 1 left",
            Value(GobBuilder.Struct((0, [1, .. GobBuilder.Number(200)])))
        },
        { "a time of version 1 or 2 expected, not 2 bytes", ValueOf(GobBuilder.Struct((0, GobBuilder.Blob(1, 2)))) },
        { "one of 2 fields expected, not field 5", ValueOf(GobBuilder.Struct((5, []))) },
    };

    /// <summary>The type of a group, and of type 70, and a group.</summary>
    public static TheoryData<string, byte[], byte[], byte[]> Types { get; } = new()
    {
        {
            "groups with a field Labels expected",
            GobBuilder.DefineStruct(Group),
            GobBuilder.DefineSlice(70, 70),
            [0]
        },
        {
            "a group expected, not a list",
            GobBuilder.DefineSlice(Group, GobBuilder.Int),
            GobBuilder.DefineSlice(70, 70),
            [0]
        },
        {
            "Labels expected, not a number",
            GobBuilder.DefineStruct(Group, ("Labels", 70)),
            GobBuilder.DefineMap(70, GobBuilder.Int, GobBuilder.Text),
            [1, 1]
        },
        {
            "Labels expected, not bytes",
            GobBuilder.DefineStruct(Group, ("Labels", 70)),
            GobBuilder.DefineMap(70, GobBuilder.Text, GobBuilder.Bytes),
            [1, 1, 0]
        },
        {
            "Labels expected, not a string",
            GobBuilder.DefineStruct(Group, ("Labels", GobBuilder.Text)),
            GobBuilder.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "Extra expected, not a struct",
            GobBuilder.DefineStruct(Group, ("Extra", 70), ("Labels", 70)),
            GobBuilder.DefineStruct(70),
            [1, 0]
        },
        {
            "Metrics expected, not an interface",
            GobBuilder.DefineStruct(Group, ("Metrics", 8), ("Labels", 70)),
            GobBuilder.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "a value of a known type expected, not an interface",
            GobBuilder.DefineStruct(Group, ("X", 8), ("Labels", 70)),
            GobBuilder.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "type 77 is not defined",
            GobBuilder.DefineStruct(Group, ("X", 77), ("Labels", 70)),
            GobBuilder.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "values are nested more than 100 deep",
            GobBuilder.DefineStruct(Group, ("X", 70), ("Labels", 70)),
            GobBuilder.DefineSlice(70, 70),
            [1, .. Enumerable.Repeat<byte>(1, 1000)]
        },
        {
            "Timestamp expected, not a struct",
            GobBuilder.DefineStruct(Group, ("Metrics", 70), ("Labels", GobBuilder.Text)),
            GobBuilder.Join(GobBuilder.DefineMap(70, GobBuilder.Text, 71), GobBuilder.DefineStruct(71, ("Timestamp", 71))),
            [1, .. GobBuilder.Map(GobBuilder.String("x"), GobBuilder.Struct((0, [0])))]
        },
    };

    [Theory]
    [MemberData(nameof(NoFiles))]
    public void Read_NoPersistenceFile_SaysWhereAndWhat(string message, byte[] file) =>
        Assert.Equal(message, Refusal(file).Message);

    [Theory]
    [MemberData(nameof(Definitive))]
    public void Read_WrongMessage_SaysWhereAndWhat(string message, byte[] next)
    {
        GobFormatException refusal = Refusal([.. Definitions, .. next]);

        Assert.Equal($"byte {refusal.Offset}: {message}", refusal.Message);
        Assert.InRange(refusal.Offset, Definitions.Length + 1, Definitions.Length + next.Length);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Read_FieldOfAnotherType_SaysWhereAndWhat(string message, byte[] group, byte[] odd, byte[] value)
    {
        GobFormatException refusal = Refusal(GobBuilder.Join(
            GobBuilder.DefineMap(Groups, GobBuilder.Text, Group), group, odd, GobBuilder.Value(Groups, GobBuilder.Map(GobBuilder.String("any"), value))));

        Assert.Equal($"byte {refusal.Offset}: {message}", refusal.Message);
    }

    private static byte[] Value(byte[] group) => GobBuilder.Value(Groups, GobBuilder.Map(GobBuilder.String("any"), group));

    private static byte[] ValueOf(byte[] family) => Value(GobBuilder.Struct((1, GobBuilder.Map(GobBuilder.String("x"), family))));

    private static GobFormatException Refusal(byte[] file) =>
        Assert.Throws<GobFormatException>(() => Snapshots.Read(file));
}
