namespace PushGateway.Http.Push;

/// <summary>A push of <see cref="GroupHistory"/>, with its place among those of its group and among all.</summary>
internal sealed class RememberedPush
{
    public PastPush Push { get; set; }

    public PushesOfGroup? Group { get; set; }

    public RememberedPush? NewerInGroup { get; set; }

    public RememberedPush? Newer { get; set; }

    public RememberedPush? Older { get; set; }
}

/// <summary>The pushes to a group, oldest first.</summary>
/// <param name="hash">Of its key.</param>
internal sealed class PushesOfGroup(UInt128 hash)
{
    private RememberedPush? _newest;

    public UInt128 Hash => hash;

    public int Count { get; private set; }

    public RememberedPush? Oldest { get; private set; }

    public void Append(RememberedPush push)
    {
        if (_newest is null)
        {
            Oldest = push;
        }
        else
        {
            _newest.NewerInGroup = push;
        }
        _newest = push;
        Count++;
    }

    public void RemoveOldest()
    {
        RememberedPush oldest = Oldest!;
        Oldest = oldest.NewerInGroup;
        _newest = Oldest is null ? null : _newest;
        oldest.NewerInGroup = null;
        Count--;
    }
}

/// <summary>The pushes to all groups, oldest first.</summary>
internal sealed class RememberedPushes
{
    private RememberedPush? _newest;

    public RememberedPush? Oldest { get; private set; }

    public void Append(RememberedPush push)
    {
        push.Older = _newest;
        if (_newest is null)
        {
            Oldest = push;
        }
        else
        {
            _newest.Newer = push;
        }
        _newest = push;
    }

    public void Remove(RememberedPush push)
    {
        if (push.Older is { } older)
        {
            older.Newer = push.Newer;
        }
        else
        {
            Oldest = push.Newer;
        }
        if (push.Newer is { } newer)
        {
            newer.Older = push.Older;
        }
        else
        {
            _newest = push.Older;
        }
        push.Older = push.Newer = null;
    }
}
