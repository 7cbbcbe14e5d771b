using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class GoNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-42, "-42")]
    [InlineData(999999, "999999")]
    [InlineData(-999999, "-999999")]
    [InlineData(1000000, "1e+06")]
    [InlineData(-1000000, "-1e+06")]
    [InlineData(1200000, "1.2e+06")]
    [InlineData(999999.5, "999999.5")]
    [InlineData(123456789, "1.23456789e+08")]
    [InlineData(100.5, "100.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012, "0.00012")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.0000123, "1.23e-05")]
    [InlineData(1e15, "1e+15")]
    [InlineData(1e16, "1e+16")]
    [InlineData(9007199254740993, "9.007199254740992e+15")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(-1.7976931348623157e308, "-1.7976931348623157e+308")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Format_Number_IsGosShortestForm(double value, string expected) =>
        Assert.Equal(expected, GoNumber.Format(value));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", -0.0)]
    [InlineData("-0.0", -0.0)]
    [InlineData("7", 7)]
    [InlineData("00012", 12)]
    [InlineData("+1", 1)]
    [InlineData("-1", -1)]
    [InlineData("1.5", 1.5)]
    [InlineData("5.", 5)]
    [InlineData(".5", 0.5)]
    [InlineData("-.5", -0.5)]
    [InlineData("1e3", 1000)]
    [InlineData("1E3", 1000)]
    [InlineData("1e+3", 1000)]
    [InlineData("1.5e-3", 0.0015)]
    [InlineData("5.e1", 50)]
    [InlineData("0e999", 0)]
    [InlineData("1e-400", 0)]
    [InlineData("-1e-400", -0.0)]
    [InlineData("999999999999999", 999999999999999)]
    [InlineData("1000000000000000", 1e15)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("123456789012345678901234567890", 1.2345678901234568e29)]
    [InlineData("0.1000000000000000055511151231257827021181583404541015625", 0.1)]
    [InlineData("1.7976931348623158e308", double.MaxValue)]
    [InlineData("4.9e-324", double.Epsilon)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("+INF", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("infinity", double.PositiveInfinity)]
    [InlineData("+Infinity", double.PositiveInfinity)]
    [InlineData("-iNfInItY", double.NegativeInfinity)]
    public void TryParse_NumberAsGoTakesIt_IsRead(string text, double expected)
    {
        Assert.True(GoNumber.TryParse(Encoding.UTF8.GetBytes(text), out double value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("NAN")]
    public void TryParse_NotANumber_HasTheBitsOfGos(string text)
    {
        Assert.True(GoNumber.TryParse(Encoding.UTF8.GetBytes(text), out double value));
        Assert.Equal(0x7FF8000000000001UL, BitConverter.DoubleToUInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("+")]
    [InlineData("e5")]
    [InlineData(".e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1.5")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1.8e308")]
    [InlineData("+-1")]
    [InlineData("--1")]
    [InlineData("1-")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("1_000")]
    [InlineData("0x1F")]
    [InlineData("0x1p-3")]
    [InlineData("0b1")]
    [InlineData("1f")]
    [InlineData("1d")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\r")]
    [InlineData("1\0")]
    [InlineData("(1)")]
    [InlineData("$1")]
    [InlineData("1%")]
    [InlineData("+nan")]
    [InlineData("-nan")]
    [InlineData("nano")]
    [InlineData("in")]
    [InlineData("infi")]
    [InlineData("infinity1")]
    [InlineData("+-inf")]
    [InlineData("∞")]
    [InlineData("١")]
    [InlineData("１")]
    public void TryParse_AnythingElse_IsRefused(string text) =>
        Assert.False(GoNumber.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-0.0, 0)]
    [InlineData(0.9, 0)]
    [InlineData(-0.9, 0)]
    [InlineData(1.9, 1)]
    [InlineData(9007199254740992, 9007199254740992)]
    [InlineData(9223372036854774784, 9223372036854774784)]
    [InlineData(9223372036854775808, 9223372036854775808)]
    [InlineData(18446744073709549568, 18446744073709549568)]
    [InlineData(18446744073709551616.0, 9223372036854775808)]
    [InlineData(1e300, 9223372036854775808)]
    [InlineData(-1, 18446744073709551615)]
    [InlineData(-1.9, 18446744073709551615)]
    [InlineData(-9223372036854775808, 9223372036854775808)]
    [InlineData(-1e300, 9223372036854775808)]
    [InlineData(double.NaN, 9223372036854775808)]
    [InlineData(double.PositiveInfinity, 9223372036854775808)]
    [InlineData(double.NegativeInfinity, 9223372036854775808)]
    public void ToUInt64_Number_IsAsOnAmd64(double value, ulong expected) =>
        Assert.Equal(expected, GoNumber.ToUInt64(value));

    /// <summary>Around the limits of the fast path without double.TryParse: 2^53, 10^22, 19 digits.</summary>
    [Theory]
    [InlineData("9007199254740992")]
    [InlineData("9007199254740993")]
    [InlineData("-9007199254740993e1")]
    [InlineData("900719925474099.3")]
    [InlineData("9007199254740992e22")]
    [InlineData("9007199254740992e23")]
    [InlineData("9007199254740992e-22")]
    [InlineData("9007199254740992e-23")]
    [InlineData("0.9007199254740992e-7")]
    [InlineData("9999999999999999999")]
    [InlineData("18446744073709551616")]
    [InlineData("184467440737095516160000000001")]
    [InlineData("0000000000000000001")]
    [InlineData("00000000000000000000000000000012.5")]
    [InlineData("0.000000000000000001")]
    [InlineData("0.0000000000000000000000000125")]
    [InlineData("1e022")]
    [InlineData("1.e5")]
    [InlineData("0e99")]
    [InlineData("1732430000.1234567")]
    public void TryParse_NumberOfManyDigits_IsTheNearestDouble(string text)
    {
        Assert.True(GoNumber.TryParse(Encoding.UTF8.GetBytes(text), out double value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(Reference(text)), BitConverter.DoubleToInt64Bits(value));
    }

    [Fact]
    public void TryParse_RandomText_IsReadAsByDotNet()
    {
        Gen<string> digits = Gen.Elements("0123456789".ToCharArray()).ArrayOf().Select(text => new string(text));
        Gen<string> numbers =
            from whole in digits
            from fraction in digits
            from exponent in Gen.Choose(-40, 40)
            from form in Gen.Elements("{0}", "{0}.{1}", "-{0}.{1}", "{0}e{2}", "-{0}.{1}E{2}", ".{1}e+{2}")
            select string.Format(CultureInfo.InvariantCulture, form, whole, fraction, exponent);
        Gen<string> noise = Gen.Elements("0123456789.eE+-".ToCharArray()).ArrayOf().Select(text => new string(text));

        Prop.ForAll(Gen.OneOf(numbers, noise).ToArbitrary(), text =>
        {
            bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double expected)
                && double.IsFinite(expected);

            Assert.Equal(isNumber, GoNumber.TryParse(Encoding.ASCII.GetBytes(text), out double value));
            Assert.True(
                !isNumber || BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(value), text);
        }).Check(PropertyTests.Settings.WithMaxTest(5000));
    }

    /// <summary>Numbers with few decimals have a separate path, which must not produce longer text than .NET.</summary>
    [Fact]
    public void Format_NumberOfFewDecimals_IsTheShortestText()
    {
        Gen<double> numbers =
            from upper in Gen.Choose(int.MinValue, int.MaxValue)
            from lower in Gen.Choose(0, int.MaxValue)
            from bits in Gen.Choose(0, 62)
            from decimals in Gen.Choose(0, 17)
            from isBinary in Gen.Elements(true, false)
            select ((((long)upper << 31) | (long)lower) >> bits) / (isBinary ? Math.Pow(2, decimals) : Math.Pow(10, decimals));

        Prop.ForAll(numbers.ToArbitrary(), value =>
        {
            string text = GoNumber.Format(value);

            Assert.Equal(value, Reference(text));
            string shortest = value.ToString("R", CultureInfo.InvariantCulture);
            Assert.Equal(SignificantDigits(shortest), SignificantDigits(text));
        }).Check(PropertyTests.Settings.WithMaxTest(5000));
    }

    private static string SignificantDigits(string number) =>
        number.ToUpperInvariant().Split('E')[0].Replace(".", "", StringComparison.Ordinal).Trim('-', '0');

    private static double Reference(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void Format_AnyNumber_ReadsBack()
    {
        Gen<double> bits = ArbMap.Default.GeneratorFor<long>().Select(BitConverter.Int64BitsToDouble);
        Gen<double> numbers = Gen.OneOf(bits, ArbMap.Default.GeneratorFor<double>());

        Prop.ForAll(numbers.Where(double.IsFinite).ToArbitrary(), value =>
        {
            string text = GoNumber.Format(value);

            Assert.True(GoNumber.TryParse(Encoding.ASCII.GetBytes(text), out double read));
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read));
            Assert.True(text.Length <= GoNumber.MaxLength);
        }).Check(PropertyTests.Settings.WithMaxTest(1000));
    }
}
