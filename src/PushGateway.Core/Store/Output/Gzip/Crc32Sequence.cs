namespace PushGateway.Core.Store.Output.Gzip;

/// <summary>Computes the CRC-32 of consecutive texts from the CRCs of each.</summary>
/// <remarks>
/// The CRC of a text is its polynomial modulo that of the CRC. Appending n bytes multiplies the polynomial by x^8n. Polynomials
/// have their highest power in the lowest bit, like the CRC of gzip (RFC 1952).
/// </remarks>
internal static class Crc32Sequence
{
    private const uint Polynomial = 0xEDB88320;
    private const uint One = 0x80000000;
    private const uint XToThe8 = 0x00800000;

    /// <summary>The CRC of a first text followed by a second one.</summary>
    /// <param name="secondLength">In bytes.</param>
    public static uint Append(uint first, uint second, long secondLength) =>
        first == 0 ? second : Multiply(first, Power(XToThe8, secondLength)) ^ second;

    private static uint Power(uint factor, long exponent)
    {
        uint power = One;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                power = Multiply(power, factor);
            }
            factor = Multiply(factor, factor);
        }
        return power;
    }

    private static uint Multiply(uint left, uint right)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            product ^= (left & bit) != 0 ? right : 0;
            right = (right >> 1) ^ ((right & 1) != 0 ? Polynomial : 0);
        }
        return product;
    }
}
