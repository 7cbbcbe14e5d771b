using System.Text;

namespace PushGateway.Core.Tests.Persistence.Gob;

/// <summary>Builds gobs of any types by hand. Shares no code with the writer.</summary>
internal static class GobBuilder
{
    public const long Bool = 1;
    public const long Int = 2;
    public const long UInt = 3;
    public const long Float = 4;
    public const long Bytes = 5;
    public const long Text = 6;
    public const long Complex = 7;
    public const long Interface = 8;

    public static byte[] Number(ulong value) => value < 128
        ? [(byte)value]
        : Convert.FromHexString($"{256 - (value.ToString("X").Length + 1) / 2:X2}" + Even(value.ToString("X")));

    public static byte[] Signed(long value) => Number(value < 0 ? (ulong)~value << 1 | 1 : (ulong)value << 1);

    public static byte[] Blob(params byte[] bytes) => [.. Number((ulong)bytes.Length), .. bytes];

    public static byte[] String(string text) => Blob(Encoding.UTF8.GetBytes(text));

    /// <summary>A count followed by the items.</summary>
    public static byte[] Counted(params byte[][] items) => [.. Number((ulong)items.Length), .. Join(items)];

    /// <summary>A count of pairs, of which keys and elements are given in turn.</summary>
    public static byte[] Map(params byte[][] items) => [.. Number((ulong)items.Length / 2), .. Join(items)];

    /// <summary>The fields that are given, by their numbers from 0, and the end of the struct.</summary>
    public static byte[] Struct(params (int Number, byte[] Value)[] fields)
    {
        int last = -1;
        var bytes = new List<byte>();
        foreach ((int number, byte[] value) in fields)
        {
            bytes.AddRange([.. Number((ulong)(number - last)), .. value]);
            last = number;
        }
        return [.. bytes, 0];
    }

    public static byte[] DefineArray(long id, long element, long length) =>
        Define(id, 0, (1, Signed(element)), (2, Signed(length)));

    public static byte[] DefineSlice(long id, long element) => Define(id, 1, (1, Signed(element)));

    public static byte[] DefineStruct(long id, params (string Name, long Type)[] fields) => Define(
        id,
        2,
        (1, Counted([.. fields.Select(field => Struct((0, String(field.Name)), (1, Signed(field.Type))))])));

    public static byte[] DefineMap(long id, long key, long element) =>
        Define(id, 3, (1, Signed(key)), (2, Signed(element)));

    public static byte[] DefineGobEncoder(long id) => Define(id, 4);

    public static byte[] DefineBinaryMarshaler(long id) => Define(id, 5);

    public static byte[] DefineTextMarshaler(long id) => Define(id, 6);

    /// <summary>A message that defines a type as one of the seven kinds.</summary>
    public static byte[] Define(long id, int kind, params (int Number, byte[] Value)[] fields)
    {
        byte[] common = Struct((0, String("any name")), (1, Signed(id)));
        return Blob([.. Signed(-id), .. Struct((kind, Struct([(0, common), .. fields])))]);
    }

    /// <summary>A message with a value that is no struct.</summary>
    public static byte[] Value(long id, byte[] value) => Blob([.. Signed(id), 0, .. value]);

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static string Even(string digits) => digits.Length % 2 == 0 ? digits : "0" + digits;
}
