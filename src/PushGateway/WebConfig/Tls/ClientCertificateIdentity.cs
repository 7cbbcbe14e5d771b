using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.WebConfig.Tls;

/// <summary>
/// A connection feature: the identity of a client whose certificate the handshake verified. It does not change with the
/// web config file.
/// </summary>
/// <param name="Names">The common name of the subject, and the DNS names among the alternative names.</param>
internal sealed record ClientCertificateIdentity(IReadOnlyList<string> Names)
{
    private const string CommonName = "2.5.4.3";

    public static ClientCertificateIdentity Of(X509Certificate2 certificate) =>
        new([.. CommonNamesOf(certificate), .. SubjectAlternativeNames.DnsNamesOf(certificate)]);

    /// <summary>Empty if there are several, which is ambiguous, or if one cannot be read.</summary>
    private static string[] CommonNamesOf(X509Certificate2 certificate)
    {
        try
        {
            string?[] names =
            [
                .. from part in certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                   where !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName
                   select part.GetSingleElementValue(),
            ];
            return names is [{ Length: > 0 } name] ? [name] : [];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
