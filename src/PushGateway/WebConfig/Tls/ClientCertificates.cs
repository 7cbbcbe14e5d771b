using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.WebConfig.Tls;

/// <summary>Decides in a handshake whether to accept a client's certificate, or a client without one.</summary>
/// <param name="authorities">The authorities that may have signed it; null for the system's trusted ones.</param>
/// <param name="allowedNames">It needs one of these subject alternative names; null permits any.</param>
internal sealed class ClientCertificates(
    ClientAuthType type, X509Certificate2Collection? authorities, IReadOnlyList<string>? allowedNames)
{
    private const string ClientAuthenticationUsage = "1.3.6.1.5.5.7.3.2";

    public X509ChainPolicy ChainPolicy
    {
        get
        {
            var policy = new X509ChainPolicy
            {
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            policy.ApplicationPolicy.Add(new Oid(ClientAuthenticationUsage));
            if (authorities is not null)
            {
                policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                policy.CustomTrustStore.AddRange(authorities);
            }
            return policy;
        }
    }

    private bool IsRequired => type is ClientAuthType.RequireAnyClientCert or ClientAuthType.RequireAndVerifyClientCert;

    /// <summary>Whether certificates are verified; only a verified one identifies the client.</summary>
    public bool AreVerified =>
        type is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert;

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 given)
        {
            // Upstream: with allowed names, a client without a certificate is rejected, whatever the type.
            return !IsRequired && allowedNames is null;
        }
        return (!AreVerified || IsTrusted(chain, errors))
            && (allowedNames is null || SubjectAlternativeNames.Of(given).Any(allowedNames.Contains));
    }

    private bool IsTrusted(X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // The framework trusts only roots. As with Go, every certificate in the client CA's file is an authority.
        return errors == SslPolicyErrors.RemoteCertificateChainErrors
            && authorities is not null
            && chain is { ChainElements: [.., { } last] }
            && Array.TrueForAll(chain.ChainStatus, status => status.Status == X509ChainStatusFlags.PartialChain)
            && authorities.Contains(last.Certificate);
    }
}
