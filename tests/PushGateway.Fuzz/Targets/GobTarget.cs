using System.Globalization;
using System.Text;
using PushGateway.Core.Exposition;
using PushGateway.Core.Model;
using PushGateway.Core.Parsing;
using PushGateway.Core.Persistence.Gob;
using PushGateway.Core.Persistence.Recovery;
using PushGateway.Core.Store;
using PushGateway.Core.Store.Consistency;

namespace PushGateway.Fuzz.Targets;

/// <summary>The persistence file: bytes damaged, with the length of the last message put right more often than not.</summary>
internal sealed class GobTarget : FuzzTarget
{
    private const int ReadPieces = 7;

    public override string Name => "gob";

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Files(SeedFile.Bytes("go-1.5.1.data"), SeedFile.Bytes("go-1.11.2.data"))];

    public override IReadOnlyList<byte[]> Words { get; } = SeedFile.Words("\u0001", "\0", "\u0003job", "\u0001\u0006Labels", "GobEncodedFamily");

    /// <summary>Families are protobuf within, and are read twice.</summary>
    public override int BytesPerByte => 400;

    /// <summary>Each reader has a buffer of 64 KiB, and takes up to 1 MiB for what a length claims.</summary>
    public override int BytesBesides => 5 << 20;

    public override byte[] Make(Mutator mutator)
    {
        byte[] file = mutator.Mutate();
        return mutator.Dice.OneIn(3) ? file : WithLength(file);
    }

    public override void Read(byte[] input)
    {
        Enumerate(GobSnapshotReader.Read(new MemoryStream(input)), out _);
        Restore(new MemoryStream(input), out _);
    }

    public override void Check(byte[] input)
    {
        List<PersistedGroup> groups = Enumerate(GobSnapshotReader.Read(new MemoryStream(input)), out string? error);
        List<PersistedGroup> again = Enumerate(GobSnapshotReader.Read(new TricklingStream(input)), out string? secondError);
        string shown = Show(groups) + error;
        OracleException.ThrowIfDifferent("it matters how the file is read", shown, Show(again) + secondError);
        List<RestoredGroup> stored = Restore(new TricklingStream(input), out string? storedError);

        List<PersistedGroup> distinct = [.. groups.DistinctBy(group => group.Key)];
        using var written = new MemoryStream();
        GobSnapshotWriter.Write(written, distinct);
        written.Position = 0;
        OracleException.ThrowIfDifferent("what was written is read differently", Show(distinct), Show(GobSnapshotReader.Read(written)));
        CheckScrape(stored);
        if (error is null)
        {
            OracleException.ThrowIfDifferent("only one of the readers fails", "", storedError ?? "");
            OracleException.ThrowIfDifferent("the readers differ", Show(groups.Select(Assemble)), Show(stored));
        }
    }

    /// <summary>What <see cref="SnapshotChunk.Decode"/> gives mostly without decoding the families.</summary>
    private static RestoredGroup Assemble(PersistedGroup group)
    {
        var assembly = new RestoredGroupBuilder();
        assembly.Begin(group.Key);
        foreach (PersistedFamily family in group.Families)
        {
            assembly.Add(family.Family, family.PushedAt);
        }
        return new RestoredGroup(group.Key, assembly.Finish(), group.Unreadable);
    }

    private static string Show(IEnumerable<RestoredGroup> groups) => string.Concat(groups.Select(group =>
        $"{group.Key} {group.Unreadable.Count}\n" + string.Concat(group.Families.Select(family =>
            $"  {family.PushedAt} {family.Header} {Convert.ToHexString(family.Lines)} {family.HasFaults}\n"))));

    /// <summary>Restored groups can be scraped, unless the check reports errors.</summary>
    private static void CheckScrape(List<RestoredGroup> groups)
    {
        var store = new GroupStore([]);
        groups.ForEach(group => store.Apply(new RestoreCommand(group.Key, group.Families)));
        List<string> errors = FullConsistencyCheck.FindErrors(store.Snapshot, []);
        byte[] scraped = FamilyOracle.Scrape(store, ExpositionFormat.Text);
        FamilyOracle.Scrape(store, ExpositionFormat.ProtobufDelimited);
        if (errors.Count == 0 && !store.Snapshot.MayBeInconsistent
            && !scraped.AsSpan().Contains((byte)':')
            && !TextParser.TryParse(scraped, NameValidation.Utf8, out _, out PushError? error))
        {
            throw new OracleException($"the scrape cannot be read: {error}\n{Encoding.UTF8.GetString(scraped)}");
        }
    }

    private static List<T> Enumerate<T>(IEnumerable<T> groups, out string? error)
    {
        var read = new List<T>();
        error = null;
        try
        {
            read.AddRange(groups);
        }
        catch (GobFormatException exception)
        {
            error = exception.Message;
        }
        return read;
    }

    /// <summary>As the start does it.</summary>
    private static List<RestoredGroup> Restore(Stream stream, out string? error)
    {
        var restored = new List<RestoredGroup>();
        error = null;
        try
        {
            foreach (SnapshotChunk piece in GobSnapshotReader.ReadChunks(stream))
            {
                piece.Decode(restored);
            }
        }
        catch (GobFormatException exception)
        {
            error = exception.Message;
        }
        return restored;
    }

    private static string Show(IEnumerable<PersistedGroup> groups)
    {
        var text = new StringBuilder();
        foreach (PersistedGroup group in groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"{group.Key}\n");
            foreach (PersistedFamily family in group.Families)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {family.PushedAt} {Convert.ToHexString(ProtobufExposition.Encode(family.Family))}\n");
            }
        }
        return text.ToString();
    }

    /// <summary>Files of the Go Pushgateway, and files of this gateway with the same groups.</summary>
    private static IEnumerable<byte[]> Files(params byte[][] files)
    {
        foreach (byte[] file in files)
        {
            yield return file;
            using var written = new MemoryStream();
            GobSnapshotWriter.Write(written, GobSnapshotReader.Read(new MemoryStream(file)));
            yield return written.ToArray();
        }
    }

    /// <summary>The file with the length of its last message, the one with the groups, as it is.</summary>
    private static byte[] WithLength(byte[] file)
    {
        for (int at = 0; TryReadUInt(file, at, out int end, out ulong length);)
        {
            ulong left = (ulong)(file.Length - end);
            bool isDefinition = end < file.Length && TryReadUInt(file, end, out _, out ulong id) && (id & 1) == 1;
            if (!isDefinition)
            {
                byte[] right = new byte[sizeof(ulong) + 1];
                right[0] = 0xF8;
                System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(right.AsSpan(1), left);
                return [.. file.AsSpan(0, at), .. right, .. file.AsSpan(end)];
            }
            if (length > left)
            {
                break;
            }
            at = end + (int)length;
        }
        return file;
    }

    private static bool TryReadUInt(ReadOnlySpan<byte> file, int at, out int end, out ulong number)
    {
        end = at + 1;
        number = at < file.Length ? file[at] : 0UL;
        if (at >= file.Length || number < 0x80)
        {
            return at < file.Length;
        }
        int count = 0x100 - (int)number;
        number = 0;
        for (; count > 0 && end < file.Length; count--)
        {
            number = number << 8 | file[end++];
        }
        return count == 0;
    }

    /// <summary>A stream that returns few bytes per read.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        /// <remarks>The one for spans leads here.</remarks>
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, 1 + (int)(Position % ReadPieces)));
    }
}
