using System.Security.Cryptography;
using PushGateway.Core.Model;
using Xunit;

namespace PushGateway.Core.Tests.Model;

public sealed class Sha256Tests
{
    [Fact]
    public void HashData_EachLength_IsThatOfTheFramework()
    {
        byte[] data = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))];

        for (int length = 0; length <= data.Length; length++)
        {
            Assert.Equal(SHA256.HashData(data.AsSpan(0, length)), Sha256.HashData(data.AsSpan(0, length)));
        }
    }
}
