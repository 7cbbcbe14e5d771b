namespace PushGateway.Core.Model;

/// <summary>A sample value with labels of its own, such as a trace's identifier. Carried, never interpreted.</summary>
public sealed record Exemplar
{
    public List<Label> Labels { get; init; } = [];

    public double? Value { get; set; }

    public Timestamp? Timestamp { get; set; }
}

/// <summary>google.protobuf.Timestamp: seconds since 1970 and nanoseconds within the second.</summary>
public readonly record struct Timestamp(long Seconds, int Nanos);
