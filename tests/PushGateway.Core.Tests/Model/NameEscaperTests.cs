using FsCheck;
using FsCheck.Fluent;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public class NameEscaperTests
{
    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("legacy:name_1", "legacy:name_1", "legacy:name_1", "legacy:name_1")]
    [InlineData("a.b", "a_b", "a_dot_b", "U__a_2e_b")]
    [InlineData("a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c")]
    [InlineData("a:b.c", "a:b_c", "a:b_dot_c", "U__a:b_2e_c")]
    [InlineData("1a", "_a", "__a", "U___31_a")]
    [InlineData("a1.2", "a1_2", "a1_dot_2", "U__a1_2e_2")]
    [InlineData("é", "_", "__", "U___e9_")]
    [InlineData("😀 x", "__x", "____x", "U___1f600__20_x")]
    [InlineData("a..b", "a__b", "a_dot__dot_b", "U__a_2e__2e_b")]
    [InlineData("\n", "_", "__", "U___a_")]
    [InlineData("\U0010ffff", "_", "__", "U___10ffff_")]
    public void Escape_Name_FollowsTheScheme(string name, string underscores, string dots, string values)
    {
        Assert.Equal(name, Escaped(name, NameEscaping.None));
        Assert.Equal(underscores, Escaped(name, NameEscaping.Underscores));
        Assert.Equal(dots, Escaped(name, NameEscaping.Dots));
        Assert.Equal(values, Escaped(name, NameEscaping.Values));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("U_x", "U_x")]
    [InlineData("U__", "")]
    [InlineData("U__x", "x")]
    [InlineData("U__a_2e_b", "a.b")]
    [InlineData("U__a_2E_b", "a.b")]
    [InlineData("U__a__b", "a_b")]
    [InlineData("U___1f600_", "😀")]
    [InlineData("U___2e__2e_", "..")]
    [InlineData("U____", "_")]
    [InlineData("U__a.b", "a.b")]
    [InlineData("U__a_", "U__a_")] // the escape does not end
    [InlineData("U__a_2e", "U__a_2e")]
    [InlineData("U__a_zz_", "U__a_zz_")] // no hexadecimal number
    [InlineData("U__a_ 2_", "U__a_ 2_")]
    [InlineData("U__a_d800_", "U__a_d800_")] // no character
    [InlineData("U__a_10ffff_", "U__a_10ffff_")] // six digits
    public void UnescapeValues_Name_IsReadOrLeftAsItIs(string name, string expected) =>
        Assert.Equal(expected, NameEscaper.UnescapeValues(name));

    [Fact]
    public void UnescapeValues_AnyEscapedName_IsTheName()
    {
        Gen<string> names = Gen.Elements("a", "Z", "_", "__", ".", "1", ":", "é", "€", "😀", " ", "\n", "U__")
            .ArrayOf().Select(parts => string.Concat(parts));

        Prop.ForAll(names.ToArbitrary(), name =>
        {
            string escaped = Escaped(name, NameEscaping.Values);

            string expected = escaped == name ? NameEscaper.UnescapeValues(name) : name;
            Assert.Equal(expected, NameEscaper.UnescapeValues(escaped));
            Assert.True(name.Length == 0 || NameRules.IsLegacyMetricName(new Utf8String(escaped).Span));
        }).Check(PropertyTests.Settings);
    }

    /// <summary>Prometheus does not accept a label name with a colon.</summary>
    [Theory]
    [InlineData("a:b", "a_b", "a__b", "U__a_3a_b")]
    [InlineData(":a.b", "_a_b", "__a_dot_b", "U___3a_a_2e_b")]
    [InlineData("a_b", "a_b", "a_b", "a_b")]
    public void EscapeLabel_NameWithColon_EscapesIt(string name, string underscores, string dots, string values)
    {
        var label = new Utf8String(name);

        Assert.Equal(underscores, NameEscaper.EscapeLabel(label, NameEscaping.Underscores).ToString());
        Assert.Equal(dots, NameEscaper.EscapeLabel(label, NameEscaping.Dots).ToString());
        Assert.Equal(values, NameEscaper.EscapeLabel(label, NameEscaping.Values).ToString());
        Assert.Equal(name, NameEscaper.UnescapeValues(values));
    }

    [Fact]
    public void Escape_Family_EscapesItsNamesAndOmitsWhatThenHasALabelTwice()
    {
        var family = new MetricFamily
        {
            Name = new("f.x"),
            Type = MetricType.Gauge,
            Help = new("h.x"),
            Unit = new("u.x"),
            Metrics =
            [
                new() { Labels = [new("l.x", "v.x"), new("a:b", "v")], Number = 5 },
                new() { Labels = [new("l.x", "v.x"), new("l_x", "v")], Number = 6 },
            ],
        };

        MetricFamily escaped = NameEscaper.Escape(family, NameEscaping.Underscores);

        Assert.Equal("f_x", escaped.Name.ToString());
        Assert.Equal((MetricType.Gauge, new Utf8String("h.x"), new Utf8String("u.x")),
            (escaped.Type, escaped.Help, escaped.Unit));
        Assert.Equal([new("l_x", "v.x"), new("a_b", "v")], Assert.Single(escaped.Metrics).Labels);
        Assert.Equal(5, escaped.Metrics[0].Number);
        Assert.Equal("l.x", family.Metrics[0].Labels[0].Name.ToString());
    }

    private static string Escaped(string name, NameEscaping scheme) =>
        NameEscaper.Escape(new Utf8String(name), scheme).ToString();
}
