using System.Text;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>What is known of a type's values: enough to read them, or to pass over them.</summary>
internal abstract record GobType
{
    /// <summary>A bool, an int, a uint or a float: one number. A complex is two.</summary>
    internal sealed record Numbers(int Count) : GobType;

    /// <summary>A length and bytes.</summary>
    internal sealed record Bytes(GobBytes Kind) : GobType;

    /// <summary>A slice or an array: a count and the elements.</summary>
    internal sealed record List(long Element) : GobType;

    internal sealed record Map(long Key, long Element) : GobType;

    /// <summary>The fields are found by their place; those that are zero are not sent.</summary>
    internal sealed record Struct(IReadOnlyList<GobField> Fields) : GobType;

    /// <summary>A value that brings its own type, which no persistence file has.</summary>
    internal sealed record Interface : GobType;

    public sealed override string ToString() => this switch
    {
        Bytes(GobBytes.Text) => "a string",
        Bytes(GobBytes.Binary) => "bytes",
        Bytes => "a value that encodes itself",
        List => "a list",
        Map => "a map",
        Struct => "a struct",
        Interface => "an interface",
        _ => "a number",
    };
}

/// <summary>What the bytes of a byte string are.</summary>
internal enum GobBytes
{
    Text,
    Binary,

    /// <summary>What a type's own GobEncode, MarshalBinary or MarshalText has made.</summary>
    SelfEncoded,
}

internal readonly record struct GobField(string Name, long Type);

/// <summary>
/// Reads and writes the definition of a type. It is a value of Go's struct wireType, whose own type is never sent: the
/// only value whose fields are known by their numbers.
/// </summary>
internal static class GobTypeDefinition
{
    private const string Definition = "the definition of a type";
    private const string TypeNumber = "a type's number";

    /// <summary>The fields of wireType, of which a definition has one.</summary>
    private enum Kind
    {
        Array,
        Slice,
        Struct,
        Map,
        GobEncoder,
        BinaryMarshaler,
        TextMarshaler,
    }

    public static GobType Read(GobReader reader)
    {
        GobType? type = null;
        int kind = -1;
        while (reader.TryReadField(ref kind))
        {
            type = ReadOfKind((Kind)kind, reader);
        }
        return type ?? throw reader.Unexpected($"{Definition} expected");
    }

    public static void WriteMap(GobWriter writer, long id, string name, long key, long element) =>
        Write(writer, id, name, Kind.Map, definition =>
        {
            definition.WriteField(1);
            definition.WriteInt(key);
            definition.WriteField(1);
            definition.WriteInt(element);
        });

    public static void WriteStruct(GobWriter writer, long id, string name, params GobField[] fields) =>
        Write(writer, id, name, Kind.Struct, definition =>
        {
            definition.WriteField(1);
            definition.WriteUInt((uint)fields.Length);
            foreach (GobField field in fields)
            {
                definition.WriteField(1);
                definition.WriteBytes(Encoding.UTF8.GetBytes(field.Name));
                definition.WriteField(1);
                definition.WriteInt(field.Type);
                definition.WriteEndOfStruct();
            }
        });

    public static void WriteGobEncoder(GobWriter writer, long id, string name) =>
        Write(writer, id, name, Kind.GobEncoder, _ => { });

    private static GobType ReadOfKind(Kind kind, GobReader reader)
    {
        long first = 0;
        long second = 0;
        List<GobField> fields = [];
        int field = -1;
        while (reader.TryReadField(ref field))
        {
            switch (field)
            {
                case 0:
                    SkipCommonType(reader);
                    break;
                case 1 when kind == Kind.Struct:
                    ReadFields(reader, fields);
                    break;
                case 1 when kind <= Kind.Map:
                    first = reader.ReadInt(TypeNumber);
                    break;
                case 2 when kind is Kind.Array or Kind.Map:
                    second = reader.ReadInt(TypeNumber);
                    break;
                default:
                    throw reader.Unexpected($"{Definition} expected, not one of kind {(int)kind} with a field {field}");
            }
        }
        return kind switch
        {
            Kind.Array or Kind.Slice => new GobType.List(first),
            Kind.Map => new GobType.Map(first, second),
            Kind.Struct => new GobType.Struct(fields),
            Kind.GobEncoder or Kind.BinaryMarshaler or Kind.TextMarshaler => new GobType.Bytes(GobBytes.SelfEncoded),
            _ => throw reader.Unexpected($"{Definition} expected, not one of kind {(int)kind}"),
        };
    }

    /// <summary>The name and the number that are in each definition. Nothing depends on them.</summary>
    private static void SkipCommonType(GobReader reader)
    {
        int field = -1;
        while (reader.TryReadField(ref field))
        {
            switch (field)
            {
                case 0:
                    reader.SkipBytes("a type's name");
                    break;
                case 1:
                    reader.ReadInt(TypeNumber);
                    break;
                default:
                    throw reader.Unexpected($"a type's name or number expected, not field {field}");
            }
        }
    }

    private static void ReadFields(GobReader reader, List<GobField> fields)
    {
        for (ulong left = reader.ReadUInt("the number of fields"); left > 0; left--)
        {
            string name = "";
            long type = 0;
            int part = -1;
            while (reader.TryReadField(ref part))
            {
                switch (part)
                {
                    case 0:
                        name = Encoding.UTF8.GetString(reader.ReadBytes(GobReader.MaxTextBytes, "a field's name"));
                        break;
                    case 1:
                        type = reader.ReadInt(TypeNumber);
                        break;
                    default:
                        throw reader.Unexpected($"a field's name or type expected, not field {part}");
                }
            }
            fields.Add(new GobField(name, type));
        }
    }

    private static void Write(GobWriter writer, long id, string name, Kind kind, Action<GobWriter> writeRest)
    {
        using var message = new MemoryStream();
        var definition = new GobWriter(message);
        definition.WriteInt(-id);
        definition.WriteField((int)kind + 1);
        definition.WriteField(1);
        definition.WriteField(1);
        definition.WriteBytes(Encoding.UTF8.GetBytes(name));
        definition.WriteField(1);
        definition.WriteInt(id);
        definition.WriteEndOfStruct();
        writeRest(definition);
        definition.WriteEndOfStruct();
        definition.WriteEndOfStruct();
        definition.Flush();
        // A message is sent as a byte string is: its length, then its bytes.
        writer.WriteBytes(message.ToArray());
    }
}
