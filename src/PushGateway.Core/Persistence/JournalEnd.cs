namespace PushGateway.Core.Persistence;

/// <summary>How the records of a journal's file end.</summary>
internal enum JournalEnd
{
    /// <summary>With the file.</summary>
    Clean,

    /// <summary>The last write was cut short: nothing whole comes behind the last whole record.</summary>
    Torn,

    /// <summary>There is more behind a record that is damaged, or not of a kind that this version knows.</summary>
    Damaged,
}
