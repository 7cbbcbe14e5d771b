using Xunit;

namespace PushGateway.Core.Tests.Parsing;

/// <summary>Bodies that the OpenMetrics parser rejects: "line:column expected input".</summary>
public class OpenMetricsParserErrorTests
{
    [Theory]
    [InlineData("", "1:1 \"# EOF\" at the end of the body")]
    [InlineData("x 1\n", "2:1 \"# EOF\" at the end of the body")]
    [InlineData("x 1", "1:4 the end of the line, found the end of the body")]
    [InlineData("# EOF\n\n", "2:1 nothing after \"# EOF\"")]
    [InlineData("# EOF\nx 1\n", "2:1 nothing after \"# EOF\"")]
    [InlineData("# EOF\n# EOF\n", "2:1 nothing after \"# EOF\"")]
    [InlineData("# EOF \n", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("#EOF\n", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("# eof\n", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("\n# EOF\n", "1:1 a metric name, or \"# \" and metadata, found the end of the line")]
    [InlineData("x 1\n\n# EOF\n", "2:1 a metric name, or \"# \" and metadata, found the end of the line")]
    [InlineData("\ufeffx 1\n# EOF\n", "1:1 a metric name, or \"# \" and metadata, found \"\\ufeff\"")]
    public void TryParse_BadEnd_IsRejected(string body, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error(body));

    [Theory]
    [InlineData("# a comment", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("#", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("#  TYPE x gauge", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("# type x gauge", "1:1 \"# TYPE \", \"# HELP \", \"# UNIT \" or \"# EOF\"")]
    [InlineData("# TYPE  x gauge", "1:8 a metric name, found \" \"")]
    [InlineData("# TYPE 1x gauge", "1:8 a metric name, found \"1\"")]
    [InlineData("# TYPE x", "1:9 a blank, found the end of the line")]
    [InlineData("# HELP x", "1:9 a blank, found the end of the line")]
    [InlineData("# UNIT x", "1:9 a blank, found the end of the line")]
    [InlineData("# HELP ", "1:8 a metric name, found the end of the line")]
    [InlineData("# TYPE x.y gauge", "1:9 a blank, found \".\"")]
    [InlineData("# TYPE x-y gauge", "1:9 a blank, found \"-\"")]
    [InlineData("# TYPE ä gauge", "1:8 a metric name, found \"ä\"")]
    [InlineData("# TYPE \"x", "1:10 a closing quote, found the end of the line")]
    [InlineData("# TYPE \"x.y\" gauge", "1:8 a valid metric name, found \"x.y\"")]
    [InlineData("# TYPE \"\" gauge", "1:8 a valid metric name, found \"\"")]
    [InlineData("# HELP x \\", "1:11 a character after the backslash, found the end of the line")]
    [InlineData("# UNIT x seconds", "1:10 a unit that ends the name \"x\" after an underscore")]
    [InlineData("# UNIT xseconds seconds", "1:17 a unit that ends the name \"xseconds\" after an underscore")]
    [InlineData("# UNIT seconds seconds", "1:16 a unit that ends the name \"seconds\" after an underscore")]
    [InlineData("# UNIT x_s s ", "1:12 a unit that ends the name \"x_s\" after an underscore")]
    public void TryParse_BadMetadata_IsRejected(string line, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error(line + "\n# EOF\n"));

    [Theory]
    [InlineData("Gauge", "Gauge")]
    [InlineData("untyped", "untyped")]
    [InlineData("gauge ", "gauge ")]
    [InlineData(" gauge", " gauge")]
    [InlineData("gauge\r", "gauge\\r")]
    [InlineData("", "")]
    public void TryParse_UnknownType_NamesThoseThatThereAre(string type, string found) => Assert.Equal(
        "1:10 a type of unknown, gauge, counter, stateset, info, histogram, gaugehistogram, summary; " + $"found \"{found}\"",
        ParsedOpenMetrics.Error($"# TYPE x {type}\n# EOF\n"));

    [Theory]
    [InlineData("# TYPE x gauge\n# TYPE x gauge\n", "2:10 one TYPE of \"x\"")]
    [InlineData("# HELP x \n# HELP x a\n", "2:10 one HELP of \"x\"")]
    [InlineData("# UNIT x_s s\n# UNIT x_s s\n", "2:12 one UNIT of \"x_s\"")]
    [InlineData("x 1\n# TYPE x gauge\n", "2:8 the metadata of \"x\" before its samples")]
    [InlineData("# TYPE x gauge\nx 1\n# HELP x a\n", "3:8 the metadata of \"x\" before its samples")]
    [InlineData("# UNIT x_s s\n# TYPE x_s info\n", "2:12 no unit of info \"x_s\"")]
    [InlineData("# TYPE x_s stateset\n# UNIT x_s s\n", "2:12 no unit of stateset \"x_s\"")]
    [InlineData("a 1\nb 1\na{x=\"1\"} 1\n", "3:1 all lines of \"a\" together")]
    [InlineData("# TYPE a gauge\n# TYPE b gauge\na 1\n", "3:1 all lines of \"a\" together")]
    [InlineData("a 1\nb 1\n# HELP a x\n", "3:8 all lines of \"a\" together")]
    [InlineData("# TYPE a counter\na_total 1\nb 1\na_total{x=\"1\"} 1\n",
        "4:1 all lines of counter \"a\" together, and no other \"a_total\"")]
    [InlineData("# TYPE a counter\na_total 1\n# TYPE a_created gauge\n",
        "3:8 all lines of counter \"a\" together, and no other \"a_created\"")]
    [InlineData("# TYPE a_created gauge\n# TYPE a counter\n",
        "2:10 no counter \"a\" beside \"a_created\", which names a sample of it")]
    [InlineData("# TYPE a_bucket gauge\n# TYPE a histogram\n",
        "2:10 no histogram \"a\" beside \"a_bucket\", which names a sample of it")]
    [InlineData("# TYPE a info\n# TYPE a_info gauge\n", "2:8 all lines of info \"a\" together, and no other \"a_info\"")]
    [InlineData("# TYPE a counter\na 1\n", "2:1 a_total or a_created, a sample of counter \"a\"")]
    [InlineData("# TYPE a_total counter\na_total 1\n",
        "2:1 a_total_total or a_total_created, a sample of counter \"a_total\"")]
    [InlineData("# TYPE a info\na 1\n", "2:1 a_info, a sample of info \"a\"")]
    [InlineData("# TYPE a histogram\na{le=\"1\"} 1\n",
        "2:1 a_bucket or a_count or a_sum or a_created, a sample of histogram \"a\"")]
    public void TryParse_FamilyOutOfOrder_IsRejected(string body, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error(body + "# EOF\n"));

    [Theory]
    [InlineData("x", "1:2 a blank, found the end of the line")]
    [InlineData("x ", "1:3 a number, found \"\"")]
    [InlineData("x  1", "1:3 a number, found \"\"")]
    [InlineData(" x 1", "1:1 a metric name, or \"# \" and metadata, found \" \"")]
    [InlineData("x\t1", "1:2 a blank, found \"\\t\"")]
    [InlineData("x 1\t", "1:4 the end of the line, found \"\\t\"")]
    [InlineData("x 1 ", "1:5 a timestamp in seconds since 1970, found \"\"")]
    [InlineData("x 1\r", "1:3 a number, found \"1\\r\"")]
    [InlineData("x one", "1:3 a number, found \"one\"")]
    [InlineData("x 0x1", "1:3 a number, found \"0x1\"")]
    [InlineData("x 1_0", "1:3 a number, found \"1_0\"")]
    [InlineData("x 1e999", "1:3 a number, found \"1e999\"")]
    [InlineData("x -nan", "1:3 a number, found \"-nan\"")]
    [InlineData("x 1 now", "1:5 a timestamp in seconds since 1970, found \"now\"")]
    [InlineData("x 1 NaN", "1:5 a timestamp in seconds since 1970, found \"NaN\"")]
    [InlineData("x 1 1e12", "1:5 a timestamp in seconds since 1970, found \"1e12\"")]
    [InlineData("x 1  2", "1:5 a timestamp in seconds since 1970, found \"\"")]
    [InlineData("x 1 2 3", "1:6 the end of the line, found \" \"")]
    [InlineData("1x 1", "1:1 a metric name, or \"# \" and metadata, found \"1\"")]
    [InlineData("x.y 1", "1:2 a blank, found \".\"")]
    [InlineData("x {} 1", "1:3 a number, found \"{}\"")]
    [InlineData("x{}1", "1:4 a blank, found \"1\"")]
    [InlineData("x{ } 1", "1:3 a label name, found \" \"")]
    [InlineData("x{a=\"b\",} 1", "1:9 a label name, found \"}\"")]
    [InlineData("x{,} 1", "1:3 a label name, found \",\"")]
    [InlineData("x{a=\"b\", c=\"d\"} 1", "1:9 a label name, found \" \"")]
    [InlineData("x{a =\"b\"} 1", "1:4 '=', found \" \"")]
    [InlineData("x{a= \"b\"} 1", "1:5 '\"', found \" \"")]
    [InlineData("x{a=b} 1", "1:5 '\"', found \"b\"")]
    [InlineData("x{a=\"b\"c=\"d\"} 1", "1:8 '}', found \"c\"")]
    [InlineData("x{a=\"b\" } 1", "1:8 '}', found \" \"")]
    [InlineData("x{a=\"ä\"} z", "1:10 a number, found \"z\"")]
    [InlineData("x{a=\"b", "1:7 a closing quote, found the end of the line")]
    [InlineData("x{a=\"b\\", "1:8 a closing quote, found the end of the line")]
    [InlineData("x{a=\"b\\\"", "1:9 a closing quote, found the end of the line")]
    [InlineData("x{a:b=\"c\"} 1", "1:4 '=', found \":\"")]
    [InlineData("x{a=\"b\",a=\"c\"} 1", "1:9 each label once, found \"a\" again")]
    [InlineData("x{__name__=\"y\"} 1", "1:3 a label name other than __name__")]
    [InlineData("x{\"a.b\"=\"c\"} 1", "1:3 a valid label name, found \"a.b\"")]
    [InlineData("x{\"\"=\"c\"} 1", "1:3 a label name")]
    [InlineData("x{\"y\"} 1", "1:6 '=', found \"}\"")]
    [InlineData("{\"a.b\"} 1", "1:2 a valid metric name, found \"a.b\"")]
    [InlineData("{} 1", "1:2 a quoted metric name, found \"}\"")]
    [InlineData("{a=\"b\",\"x\"} 1", "1:2 a quoted metric name, found \"a\"")]
    [InlineData("{\"x\" } 1", "1:5 '}', found \" \"")]
    [InlineData("x 1 # {} 1", "1:5 no exemplar, which only counters and buckets have, found \"#\"")]
    public void TryParse_BadSample_IsRejected(string line, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error(line + "\n# EOF\n"));

    [Theory]
    [InlineData("x{a=\"1\"} 1\nx{a=\"1\"} 1\n", "2:2 each sample once, found \"x\" with the same labels again")]
    [InlineData("x{a=\"1\",b=\"2\"} 1\nx{b=\"2\",a=\"1\"} 1\n", "2:2 each sample once, found \"x\" with the same labels again")]
    [InlineData("x 1\nx{} 1\n", "2:2 each sample once, found \"x\" with the same labels again")]
    [InlineData("x 1 1\nx 1 2\n", "2:2 each sample once, found \"x\" with the same labels again")]
    [InlineData("# TYPE c counter\nc_total 1\nc_total 1\n", "3:9 each sample once, found \"c_total\" with the same labels again")]
    [InlineData("# TYPE c counter\nc_created 1\nc_created 1\n", "3:11 each sample once, found \"c_created\" with the same labels again")]
    [InlineData("# TYPE s summary\ns_sum 1\ns_sum 1\n", "3:7 each sample once, found \"s_sum\" with the same labels again")]
    [InlineData("# TYPE s summary\ns_count 1\ns_count 1\n", "3:9 each sample once, found \"s_count\" with the same labels again")]
    [InlineData("# TYPE s summary\ns_created 1\ns_created 1\n", "3:11 each sample once, found \"s_created\" with the same labels again")]
    [InlineData("# TYPE h histogram\nh_count 1\nh_count 1\n", "3:9 each sample once, found \"h_count\" with the same labels again")]
    [InlineData("# TYPE h histogram\nh_sum 1\nh_sum 1\n", "3:7 each sample once, found \"h_sum\" with the same labels again")]
    [InlineData("# TYPE h histogram\nh_created 1\nh_created 1\n", "3:11 each sample once, found \"h_created\" with the same labels again")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1.0\"} 1\n", "3:20 a bucket above that of le=\"1\"")]
    [InlineData("# TYPE s summary\ns{quantile=\"0.5\"} 1\ns{quantile=\"1\"} 1\ns{quantile=\"0.50\"} 1\n", "5:1 each quantile of \"s\" once")]
    public void TryParse_RepeatedSample_IsRejected(string body, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error(body + "# EOF\n"));

    [Theory]
    [InlineData("counter", "x_total NaN", "9 a number of at least 0")]
    [InlineData("counter", "x_total -1", "9 a number of at least 0")]
    [InlineData("counter", "x_total -Inf", "9 a number of at least 0")]
    [InlineData("counter", "x_created NaN", "11 a time in seconds since 1970, found \"NaN\"")]
    [InlineData("counter", "x_created +Inf", "11 a time in seconds since 1970, found \"+Inf\"")]
    [InlineData("stateset", "x{x=\"a\"} 2", "10 0 or 1, the value of a state")]
    [InlineData("stateset", "x{x=\"a\"} NaN", "10 0 or 1, the value of a state")]
    [InlineData("stateset", "x 1", "2 a label x with the name of a state")]
    [InlineData("stateset", "x{y=\"a\"} 1", "2 a label x with the name of a state")]
    [InlineData("info", "x_info 0", "8 1, the value of an info metric")]
    [InlineData("summary", "x 1", "2 a label quantile")]
    [InlineData("summary", "x{quantile=\"1.5\"} 1", "19 a quantile from 0 to 1")]
    [InlineData("summary", "x{quantile=\"-0.5\"} 1", "20 a quantile from 0 to 1")]
    [InlineData("summary", "x{quantile=\"NaN\"} 1", "2 a label quantile other than NaN")]
    [InlineData("summary", "x{quantile=\"a\"} 1", "13 a number as the value of label \"quantile\"")]
    [InlineData("summary", "x{quantile=\"0.5\"} -1", "19 a number of at least 0, or NaN")]
    [InlineData("summary", "x_sum{quantile=\"0.5\"} 1", "6 no label quantile")]
    [InlineData("summary", "x_sum{quantile=\"NaN\"} 1", "6 no label quantile")]
    [InlineData("summary", "x_count 1.5", "9 a whole number of at least 0")]
    [InlineData("summary", "x_count 18446744073709551616", "9 a number below 2^64")]
    [InlineData("summary", "x_count +Inf", "9 a whole number of at least 0")]
    [InlineData("summary", "x_count -1", "9 a whole number of at least 0")]
    [InlineData("summary", "x_sum -1", "7 a number of at least 0")]
    [InlineData("summary", "x_sum NaN", "7 a number of at least 0")]
    [InlineData("histogram", "x_bucket 1", "9 a label le")]
    [InlineData("histogram", "x_bucket{le=\"\"} 1", "14 a number as the value of label \"le\"")]
    [InlineData("histogram", "x_bucket{le=\"NaN\"} 1", "9 a label le other than NaN")]
    [InlineData("histogram", "x_bucket{le=\"+Inf\"} 1.5", "21 a whole number of at least 0")]
    [InlineData("histogram", "x_bucket{le=\"+Inf\"} -1", "21 a whole number of at least 0")]
    [InlineData("histogram", "x_bucket{le=\"+Inf\"} NaN", "21 a whole number of at least 0")]
    [InlineData("histogram", "x_count{le=\"+Inf\"} 1", "8 no label le")]
    [InlineData("histogram", "x_count 0.5", "9 a whole number of at least 0")]
    [InlineData("histogram", "x_sum NaN", "7 a sum other than NaN")]
    [InlineData("histogram", "x_sum 1 # {} 1", "9 no exemplar, which only counters and buckets have, found \"#\"")]
    [InlineData("gaugehistogram", "x_gcount 0.5", "10 a whole number of at least 0")]
    public void TryParse_ValueThatTheTypeForbids_IsRejected(string type, string sample, string expected) =>
        Assert.Equal("2:" + expected, ParsedOpenMetrics.Error($"# TYPE x {type}\n{sample}\n# EOF\n"));

    [Theory]
    [InlineData("h_bucket{le=\"1\"} 1", "a bucket of le=\"+Inf\" of \"h\"")]
    [InlineData("h_count 1\nh_sum 1", "a bucket of le=\"+Inf\" of \"h\"")]
    [InlineData("h_created 1", "a bucket of le=\"+Inf\" of \"h\"")]
    [InlineData("h_bucket{le=\"1\",a=\"b\"} 1", "a bucket of le=\"+Inf\" of \"h\" with {a=\"b\"}")]
    [InlineData("h_bucket{le=\"+Inf\"} 1\nh_sum 1", "a count beside the sum of \"h\"")]
    [InlineData("h_bucket{le=\"+Inf\"} 1\nh_count 1", "a sum beside the count of \"h\"")]
    [InlineData("h_bucket{le=\"+Inf\"} 1\nh_count 2\nh_sum 1", "a count like that of the bucket +Inf of \"h\"")]
    [InlineData("h_bucket{le=\"+Inf\"} 1\nh_count 1\nh_sum -1", "no negative sum of \"h\"")]
    public void TryParse_IncompleteHistogram_IsRejectedWhereItsFamilyEnds(string samples, string expected)
    {
        int line = samples.Count('\n') + 3;
        string body = $"# TYPE h histogram\n{samples}\n";
        Assert.Equal($"{line}:1 {expected}", ParsedOpenMetrics.Error(body + "# EOF\n"));
        Assert.Equal($"{line}:1 {expected}", ParsedOpenMetrics.Error(body + "x 1\n# EOF\n"));
        Assert.Equal($"{line}:8 {expected}", ParsedOpenMetrics.Error(body + "# TYPE x gauge\n# EOF\n"));
    }

    [Fact]
    public void TryParse_CounterWithoutTotal_IsRejected() => Assert.Equal(
        "3:1 the sample _total of \"c\"", ParsedOpenMetrics.Error("# TYPE c counter\nc_created 1\n# EOF\n"));

    [Theory]
    [InlineData("h_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\n", "3:18 a bucket above that of le=\"2\"")]
    [InlineData("h_bucket{le=\"+Inf\"} 1\nh_bucket{le=\"1\"} 1\n", "3:18 a bucket above that of le=\"+Inf\"")]
    [InlineData("h_bucket{le=\"1\"} 3\nh_bucket{le=\"2\"} 2\n", "3:18 a count of at least 3, as in the bucket before")]
    public void TryParse_BucketsOutOfOrder_AreRejected(string buckets, string expected) =>
        Assert.Equal(expected, ParsedOpenMetrics.Error($"# TYPE h histogram\n{buckets}# EOF\n"));

    [Theory]
    [InlineData(" #", "12 a blank, found the end of the line")]
    [InlineData(" # ", "13 '{', found the end of the line")]
    [InlineData("  # {} 1", "11 a timestamp in seconds since 1970, found \"\"")]
    [InlineData(" #{} 1", "12 a blank, found \"{\"")]
    [InlineData(" #  {} 1", "13 '{', found \" \"")]
    [InlineData(" # 1", "13 '{', found \"1\"")]
    [InlineData(" # {}", "15 a blank, found the end of the line")]
    [InlineData(" # {} ", "16 a number as the value of the exemplar, found \"\"")]
    [InlineData(" # {} x", "16 a number as the value of the exemplar, found \"x\"")]
    [InlineData(" # {} 1 x", "18 a timestamp in seconds since 1970, found \"x\"")]
    [InlineData(" # {} 1 ", "18 a timestamp in seconds since 1970, found \"\"")]
    [InlineData(" # {} 1 2 3", "19 the end of the line, found \" \"")]
    [InlineData(" # {} 1 # {} 1", "18 a timestamp in seconds since 1970, found \"#\"")]
    [InlineData(" # {a} 1", "15 '=', found \"}\"")]
    [InlineData(" # {a=b} 1", "16 '\"', found \"b\"")]
    [InlineData(" # {a=\"b\",} 1", "20 a label name, found \"}\"")]
    [InlineData(" # {a=\"b\",a=\"c\"} 1", "20 each label of the exemplar once")]
    [InlineData(" # {a=\"b", "18 a closing quote, found the end of the line")]
    public void TryParse_BadExemplar_IsRejected(string exemplar, string expected) =>
        Assert.Equal("2:" + expected, ParsedOpenMetrics.Error($"# TYPE c counter\nc_total 1{exemplar}\n# EOF\n"));

    [Theory]
    [InlineData(1, 128)]
    [InlineData(100, 29)]
    public void TryParse_LongExemplar_IsRejected(int name, int value) => Assert.Equal(
        "2:14 at most 128 characters in the labels of the exemplar",
        ParsedOpenMetrics.Error(
            $"# TYPE c counter\nc_total 1 # {{{new string('n', name)}=\"{new string('ä', value)}\"}} 1\n# EOF\n"));

    [Fact]
    public void TryParse_NotUtf8_IsRejected()
    {
        Assert.Equal("1:10 a help text in UTF-8", ParsedOpenMetrics.Error((byte[])[.. "# HELP x "u8, 0xff, .. "\n# EOF\n"u8]));
        Assert.Equal(
            "1:6 a value of label \"a\" in UTF-8", ParsedOpenMetrics.Error((byte[])[.. "x{a=\""u8, 0xff, .. "\"} 1\n# EOF\n"u8]));
    }
}
