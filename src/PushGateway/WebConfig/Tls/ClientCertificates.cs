using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.WebConfig.Tls;

/// <summary>Decides in a handshake whether the certificate that a client shows, or that it shows none, will do.</summary>
/// <param name="authorities">Who may have signed it; null for those that the system trusts.</param>
/// <param name="allowedNames">Subject alternative names of which it has to have one; null if any will do.</param>
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

    /// <summary>Whether a certificate says who the client is: only one that an authority has signed does.</summary>
    public bool AreVerified =>
        type is ClientAuthType.VerifyClientCertIfGiven or ClientAuthType.RequireAndVerifyClientCert;

    /// <summary>A <see cref="RemoteCertificateValidationCallback"/>.</summary>
    public bool IsAccepted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 given)
        {
            // Upstream: where there are names to have, nothing at all does not do, whatever the type.
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

        // The framework trusts roots only. As with Go, whatever is in the client CA's file is an authority.
        return errors == SslPolicyErrors.RemoteCertificateChainErrors
            && authorities is not null
            && chain is { ChainElements: [.., { } last] }
            && Array.TrueForAll(chain.ChainStatus, status => status.Status == X509ChainStatusFlags.PartialChain)
            && authorities.Contains(last.Certificate);
    }
}
