namespace PushGateway.ConfigFiles;

/// <summary>An object that is reloaded from a config file.</summary>
internal interface IReloadable
{
    /// <inheritdoc cref="ReloadingFile{T}.Poll"/>
    void Poll();

    /// <inheritdoc cref="ReloadingFile{T}.Reload"/>
    void Reload();
}
