using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace PushGateway.WebConfig.Tls;

/// <summary>The subject alternative names of a certificate (RFC 5280, 4.2.1.6).</summary>
internal static class SubjectAlternativeNames
{
    private const string Extension = "2.5.29.17";

    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Address = new(TagClass.ContextSpecific, 7);

    /// <summary>DNS names, e-mail addresses, URIs and IP addresses as text; empty if they cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate) => Read(certificate, [Email, Dns, Uri, Address]);

    /// <summary>Only the DNS names, since a URI or an address may look like one.</summary>
    public static IReadOnlyList<string> DnsNamesOf(X509Certificate2 certificate) => Read(certificate, [Dns]);

    private static List<string> Read(X509Certificate2 certificate, Asn1Tag[] kinds)
    {
        var names = new List<string>();
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(extension => extension.Oid?.Value == Extension))
            {
                AsnReader sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (sequence.HasData)
                {
                    if (ReadName(sequence, kinds) is { } name)
                    {
                        names.Add(name);
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            return [];
        }
        return names;
    }

    /// <summary>Null for a name of another kind.</summary>
    private static string? ReadName(AsnReader sequence, Asn1Tag[] kinds)
    {
        Asn1Tag tag = sequence.PeekTag();
        if (!Array.Exists(kinds, tag.HasSameClassAndValue))
        {
            sequence.ReadEncodedValue();
            return null;
        }
        if (!tag.HasSameClassAndValue(Address))
        {
            return sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag);
        }
        byte[] address = sequence.ReadOctetString(Address);
        return address.Length is 4 or 16 ? new IPAddress(address).ToString() : null;
    }
}
