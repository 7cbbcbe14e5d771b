namespace PushGateway.Core.Model;

/// <summary>A label's name and value, unescaped.</summary>
public readonly record struct Label(Utf8String Name, Utf8String Value)
{
    public Label(string name, string value)
        : this(new Utf8String(name), new Utf8String(value))
    {
    }

    /// <summary>The same label in memory of its own.</summary>
    public Label Copy() => new(Name.Copy(), Value.Copy());
}
