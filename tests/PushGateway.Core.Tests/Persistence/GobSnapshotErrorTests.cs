using System.Text;
using PushGateway.Core.Persistence;
using Xunit;

namespace PushGateway.Core.Tests.Persistence;

/// <summary>Files that are no persistence files, or are wrong in one place.</summary>
public class GobSnapshotErrorTests
{
    private const long Groups = 64;
    private const long Group = 65;
    private const long Texts = 66;
    private const long Families = 67;
    private const long Stamped = 68;
    private const long Opaque = 69;

    private static readonly byte[] JobA = Gob.Map(Gob.String("job"), Gob.String("a"));

    private static readonly byte[] Definitions = Gob.Join(
        Gob.DefineMap(Groups, Gob.Text, Group),
        Gob.DefineStruct(Group, ("Labels", Texts), ("Metrics", Families)),
        Gob.DefineMap(Texts, Gob.Text, Gob.Text),
        Gob.DefineMap(Families, Gob.Text, Stamped),
        Gob.DefineStruct(Stamped, ("Timestamp", Opaque), ("GobbableMetricFamily", Opaque)),
        Gob.DefineGobEncoder(Opaque));

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
        { "byte 2: a map of groups expected, not a number", Gob.Value(Gob.Int, Gob.Signed(5)) },
        { "byte 2: a map of groups expected, not a string", Gob.Value(Gob.Text, Gob.String("x")) },
    };

    public static TheoryData<string, byte[]> Definitive { get; } = new()
    {
        { "a new type expected, not another definition of type 5", Gob.DefineGobEncoder(5) },
        { "a new type expected, not another definition of type 63", Gob.DefineGobEncoder(63) },
        { "a new type expected, not another definition of type 69", Gob.DefineGobEncoder(Opaque) },
        { "the definition of a type expected", Gob.Blob([.. Gob.Signed(-99), 0]) },
        { "the definition of a type expected, not one of kind 7", Gob.Define(99, 7) },
        {
            "the definition of a type expected, not one of kind 1 with a field 2",
            Gob.Define(99, 1, (1, [1]), (2, [1]))
        },
        { "the definition of a type expected, not one of kind 4 with a field 1", Gob.Define(99, 4, (1, [1])) },
        {
            "the end of the message expected, which claims 1 bytes more",
            Gob.Blob([.. Gob.DefineGobEncoder(99)[1..], 0])
        },
        {
            "a field expected, not one 1048577 after field -1",
            Gob.Blob([.. Gob.Signed(-99), .. Gob.Number((1 << 20) + 1)])
        },
        { "type 99 is not defined", Gob.Value(99, []) },
        { "a zero before the groups expected, not 1", Gob.Blob([.. Gob.Signed(Groups), 1, 0]) },
        { "a value expected, but the message ends", Gob.Value(Groups, Gob.Number(1)) },
        { "the end of the message expected, which claims 9 bytes more", Gob.Value(Groups, [0, .. new byte[9]]) },
        { "one of 2 fields expected, not field 2", Value(Gob.Struct((2, []))) },
        { "Labels has a name that is not UTF-8", Value(Gob.Struct((0, [1, 1, 0xF4, .. Gob.String("a")]))) },
        { "Labels has a name twice", Value(Gob.Struct((0, [2, .. JobA[1..], .. JobA[1..]]))) },
        {
            "Labels expected, not 200 bytes where the message has 1 left",
            Value(Gob.Struct((0, [1, .. Gob.Number(200)])))
        },
        { "a time of version 1 or 2 expected, not 2 bytes", ValueOf(Gob.Struct((0, Gob.Blob(1, 2)))) },
        { "one of 2 fields expected, not field 5", ValueOf(Gob.Struct((5, []))) },
    };

    /// <summary>The type of a group, and of type 70, and a group.</summary>
    public static TheoryData<string, byte[], byte[], byte[]> Types { get; } = new()
    {
        {
            "groups with a field Labels expected",
            Gob.DefineStruct(Group),
            Gob.DefineSlice(70, 70),
            [0]
        },
        {
            "a group expected, not a list",
            Gob.DefineSlice(Group, Gob.Int),
            Gob.DefineSlice(70, 70),
            [0]
        },
        {
            "Labels expected, not a number",
            Gob.DefineStruct(Group, ("Labels", 70)),
            Gob.DefineMap(70, Gob.Int, Gob.Text),
            [1, 1]
        },
        {
            "Labels expected, not bytes",
            Gob.DefineStruct(Group, ("Labels", 70)),
            Gob.DefineMap(70, Gob.Text, Gob.Bytes),
            [1, 1, 0]
        },
        {
            "Labels expected, not a string",
            Gob.DefineStruct(Group, ("Labels", Gob.Text)),
            Gob.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "Extra expected, not a struct",
            Gob.DefineStruct(Group, ("Extra", 70), ("Labels", 70)),
            Gob.DefineStruct(70),
            [1, 0]
        },
        {
            "Metrics expected, not an interface",
            Gob.DefineStruct(Group, ("Metrics", 8), ("Labels", 70)),
            Gob.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "a value of a known type expected, not an interface",
            Gob.DefineStruct(Group, ("X", 8), ("Labels", 70)),
            Gob.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "type 77 is not defined",
            Gob.DefineStruct(Group, ("X", 77), ("Labels", 70)),
            Gob.DefineSlice(70, 70),
            [1, 0]
        },
        {
            "values are nested more than 100 deep",
            Gob.DefineStruct(Group, ("X", 70), ("Labels", 70)),
            Gob.DefineSlice(70, 70),
            [1, .. Enumerable.Repeat<byte>(1, 1000)]
        },
        {
            "Timestamp expected, not a struct",
            Gob.DefineStruct(Group, ("Metrics", 70), ("Labels", Gob.Text)),
            Gob.Join(Gob.DefineMap(70, Gob.Text, 71), Gob.DefineStruct(71, ("Timestamp", 71))),
            [1, .. Gob.Map(Gob.String("x"), Gob.Struct((0, [0])))]
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
        GobFormatException refusal = Refusal(Gob.Join(
            Gob.DefineMap(Groups, Gob.Text, Group), group, odd, Gob.Value(Groups, Gob.Map(Gob.String("any"), value))));

        Assert.Equal($"byte {refusal.Offset}: {message}", refusal.Message);
    }

    private static byte[] Value(byte[] group) => Gob.Value(Groups, Gob.Map(Gob.String("any"), group));

    private static byte[] ValueOf(byte[] family) => Value(Gob.Struct((1, Gob.Map(Gob.String("x"), family))));

    private static GobFormatException Refusal(byte[] file) =>
        Assert.Throws<GobFormatException>(() => Snapshots.Read(file));
}
