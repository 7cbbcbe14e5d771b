namespace PushGateway.Core.Persistence.Gob;

/// <summary>The predefined types, and the types that a gob stream has defined so far.</summary>
internal sealed class GobTypes
{
    /// <summary>Lower numbers are reserved for Go.</summary>
    private const long FirstUserType = 64;

    /// <summary>Persistence files have four levels.</summary>
    private const int MaxDepth = 100;

    private const string Value = "a value";

    private static readonly Dictionary<long, GobType> PredefinedTypes = new()
    {
        [1] = new GobType.Numbers(1),
        [2] = new GobType.Numbers(1),
        [3] = new GobType.Numbers(1),
        [4] = new GobType.Numbers(1),
        [5] = new GobType.Bytes(GobBytes.Binary),
        [6] = new GobType.Bytes(GobBytes.Text),
        [7] = new GobType.Numbers(2),
        [8] = new GobType.Interface(),
    };

    private readonly GobReader _reader;
    private readonly Dictionary<long, GobType> _types;

    public GobTypes(GobReader reader)
        : this(reader, new Dictionary<long, GobType>(PredefinedTypes))
    {
    }

    private GobTypes(GobReader reader, Dictionary<long, GobType> types)
    {
        _reader = reader;
        _types = types;
    }

    /// <summary>The same types for another reader, whose data must not define any.</summary>
    public GobTypes For(GobReader reader) => new(reader, _types);

    /// <summary>Reads all definitions, and enters the message with the value after them. Returns its type.</summary>
    public long ReadDefinitions()
    {
        while (true)
        {
            _reader.EnterMessage();
            long id = _reader.ReadInt("a type's number");
            if (id >= 0)
            {
                return id;
            }
            if (id > -FirstUserType || _types.ContainsKey(-id))
            {
                throw _reader.Unexpected($"a new type expected, not another definition of type {-id}");
            }
            _types.Add(-id, GobTypeDefinition.Read(_reader));
            _reader.LeaveMessage();
        }
    }

    public GobType Find(long id) =>
        _types.TryGetValue(id, out GobType? type) ? type : throw _reader.Unexpected($"type {id} is not defined");

    /// <summary>Finds a type, and checks its kind.</summary>
    public T Expect<T>(long id, string expected)
        where T : GobType
    {
        GobType type = Find(id);
        return type as T ?? throw _reader.Unexpected($"{expected} expected, not {type}");
    }

    /// <summary>Reads a byte string of a kind.</summary>
    public byte[] ReadBytes(long id, GobBytes kind, string expected)
    {
        CheckKind(id, kind, expected);
        return _reader.ReadBytes(MaxBytes(kind), expected);
    }

    /// <summary>Reads a byte string into existing memory, which it replaces if it is too small.</summary>
    public ReadOnlyMemory<byte> ReadBytes(ref byte[] memory, long id, GobBytes kind, string expected)
    {
        CheckKind(id, kind, expected);
        int length = _reader.ReadBytes(ref memory, MaxBytes(kind), expected);
        return memory.AsMemory(0, length);
    }

    /// <inheritdoc cref="GobReader.TryReadField"/>
    public bool TryReadField(GobType.Struct type, ref int number, out GobField field)
    {
        field = default;
        if (!_reader.TryReadField(ref number))
        {
            return false;
        }
        if (number >= type.Fields.Count)
        {
            throw _reader.Unexpected($"one of {type.Fields.Count} fields expected, not field {number}");
        }
        field = type.Fields[number];
        return true;
    }

    /// <summary>Skips a value of any type.</summary>
    public void Skip(long id) => Skip(id, depth: 0);

    private void CheckKind(long id, GobBytes kind, string expected)
    {
        if (Find(id) is not GobType.Bytes type || type.Kind != kind)
        {
            throw _reader.Unexpected($"{expected} expected, not {Find(id)}");
        }
    }

    private static int MaxBytes(GobBytes kind) => kind == GobBytes.Text ? GobReader.MaxTextBytes : Array.MaxLength;

    private void Skip(long id, int depth)
    {
        if (depth == MaxDepth)
        {
            throw _reader.Unexpected($"values are nested more than {MaxDepth} deep");
        }
        switch (Find(id))
        {
            case GobType.Numbers numbers:
                for (int i = 0; i < numbers.Count; i++)
                {
                    _reader.ReadUInt(Value);
                }
                break;
            case GobType.Bytes:
                _reader.SkipBytes(Value);
                break;
            case GobType.List list:
                // Every value has at least one byte, so the end of the message bounds a false count.
                for (ulong left = _reader.ReadUInt("the length of a list"); left > 0; left--)
                {
                    Skip(list.Element, depth + 1);
                }
                break;
            case GobType.Map map:
                for (ulong left = _reader.ReadUInt("the size of a map"); left > 0; left--)
                {
                    Skip(map.Key, depth + 1);
                    Skip(map.Element, depth + 1);
                }
                break;
            case GobType.Struct type:
                int number = -1;
                while (TryReadField(type, ref number, out GobField field))
                {
                    Skip(field.Type, depth + 1);
                }
                break;
            default:
                throw _reader.Unexpected("a value of a known type expected, not an interface");
        }
    }
}
