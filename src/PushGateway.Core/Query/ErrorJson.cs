using System.Buffers;
using PushGateway.Core.Exposition;

namespace PushGateway.Core.Query;

/// <summary>Writes what is wrong with a request, in the form of Prometheus' API.</summary>
public static class ErrorJson
{
    /// <param name="type">The kind of error: <c>bad_data</c>, <c>not_found</c>.</param>
    public static void Write(string type, string message, IBufferWriter<byte> output)
    {
        var json = new JsonWriter(output);
        json.BeginObject();
        json.Key("status"u8);
        json.String("error"u8);
        json.Key("errorType"u8);
        json.String(type);
        json.Key("error"u8);
        json.String(message);
        json.EndObject();
        json.Commit();
    }
}
