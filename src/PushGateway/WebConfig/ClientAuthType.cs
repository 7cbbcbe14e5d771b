namespace PushGateway.WebConfig;

/// <summary>What a client has to show of itself in a TLS handshake.</summary>
internal enum ClientAuthType
{
    /// <summary>Nothing; it is not asked for a certificate.</summary>
    NoClientCert,

    /// <summary>Any certificate or none; nothing is verified.</summary>
    RequestClientCert,

    /// <summary>Any certificate; nothing is verified.</summary>
    RequireAnyClientCert,

    /// <summary>None, or one that the client CA has signed.</summary>
    VerifyClientCertIfGiven,

    /// <summary>One that the client CA has signed.</summary>
    RequireAndVerifyClientCert,
}
