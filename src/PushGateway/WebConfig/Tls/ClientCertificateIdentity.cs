using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.WebConfig.Tls;

/// <summary>
/// A feature of connections whose client has shown a certificate that was verified in the handshake. It stays what it is
/// when the web config file changes.
/// </summary>
/// <param name="Names">The common name of the subject, and the DNS names among the alternative names.</param>
internal sealed record ClientCertificateIdentity(IReadOnlyList<string> Names)
{
    private const string CommonName = "2.5.4.3";

    public static ClientCertificateIdentity Of(X509Certificate2 certificate) =>
        new([.. CommonNamesOf(certificate), .. SubjectAlternativeNames.DnsNamesOf(certificate)]);

    /// <summary>None where there are several, or one that cannot be read: nobody says which would count.</summary>
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
