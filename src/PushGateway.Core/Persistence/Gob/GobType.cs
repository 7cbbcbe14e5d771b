using System.Text;

namespace PushGateway.Core.Persistence.Gob;

/// <summary>A gob type, as needed to read or skip its values.</summary>
internal abstract record GobType
{
    /// <summary>One number for a bool, int, uint or float, two for a complex.</summary>
    internal sealed record Numbers(int Count) : GobType;

    /// <summary>A length and bytes.</summary>
    internal sealed record Bytes(GobBytes Kind) : GobType;

    /// <summary>A slice or an array: a count and the elements.</summary>
    internal sealed record List(long Element) : GobType;

    internal sealed record Map(long Key, long Element) : GobType;

    /// <summary>Fields are identified by position. Zero fields are omitted.</summary>
    internal sealed record Struct(IReadOnlyList<GobField> Fields) : GobType;

    /// <summary>A value with its own type. Persistence files have none.</summary>
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

/// <summary>The content of a byte string.</summary>
internal enum GobBytes
{
    Text,
    Binary,

    /// <summary>The output of a type's GobEncode, MarshalBinary or MarshalText.</summary>
    SelfEncoded,
}

internal readonly record struct GobField(string Name, long Type);

/// <summary>
/// Reads and writes definitions of types: values of Go's struct wireType, whose own definition is implied, so that its
/// fields have fixed numbers.
/// </summary>
internal static class GobTypeDefinition
{
    private const string Definition = "the definition of a type";
    private const string TypeNumber = "a type's number";

    /// <summary>The fields of wireType. A definition has exactly one.</summary>
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

    /// <summary>Skips the name and number that each definition contains.</summary>
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
        // A message has the form of a byte string: its length, then its bytes.
        writer.WriteBytes(message.ToArray());
    }
}
