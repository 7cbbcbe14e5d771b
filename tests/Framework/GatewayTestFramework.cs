using System.Reflection;
using PushGateway.Tests.Framework;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestFramework(typeof(GatewayTestFramework))]

namespace PushGateway.Tests.Framework;

/// <summary>
/// xunit's framework with two defaults. Every asynchronous test has a time limit. Every test in <see cref="SlowFolders"/> has the
/// trait <c>Category=Slow</c> and is explicit: <c>dotnet test</c> and editors skip it unless it is selected.
/// </summary>
public sealed class GatewayTestFramework : XunitTestFramework
{
    /// <summary>Folders whose tests start the published binary, a browser, or a foreign program.</summary>
    public static readonly string[] SlowFolders = ["Attack", "Browser", "Deploy", "EndToEnd"];

    /// <inheritdoc/>
    protected override ITestFrameworkDiscoverer CreateDiscoverer(Assembly assembly) =>
        new Discoverer(new XunitTestAssembly(assembly));

    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) =>
        new Executor(new XunitTestAssembly(assembly));

    private sealed class Executor(XunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        protected override ITestFrameworkDiscoverer CreateDiscoverer() => new Discoverer(TestAssembly);
    }

    private sealed class Discoverer(IXunitTestAssembly assembly) : XunitTestFrameworkDiscoverer(assembly)
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
        private static readonly TimeSpan SlowLimit = TimeSpan.FromMinutes(15);

        protected override ValueTask<bool> FindTestsForMethod(
            IXunitTestMethod testMethod,
            ITestFrameworkDiscoveryOptions discoveryOptions,
            Func<ITestCase, ValueTask<bool>> discoveryCallback)
        {
            bool isSlow = IsSlow(testMethod.TestClass.TestClassNamespace);
            if (testMethod.FactAttributes.FirstOrDefault() is FactAttribute fact)
            {
                fact.Explicit |= isSlow;
                if (fact.Timeout == 0 && IsAsynchronous(testMethod.Method))
                {
                    fact.Timeout = (int)(isSlow ? SlowLimit : Limit).TotalMilliseconds;
                }
            }
            return base.FindTestsForMethod(testMethod, discoveryOptions, isSlow ? AddTrait : discoveryCallback);

            ValueTask<bool> AddTrait(ITestCase testCase)
            {
                ((XunitTestCase)testCase).Traits["Category"] = ["Slow"];
                return discoveryCallback(testCase);
            }
        }

        private static bool IsSlow(string? testNamespace) =>
            testNamespace is not null && testNamespace.Split('.').Any(SlowFolders.Contains);

        /// <summary>xunit fails a synchronous test that has a time limit.</summary>
        private static bool IsAsynchronous(MethodInfo method) =>
            typeof(Task).IsAssignableFrom(method.ReturnType) || method.ReturnType == typeof(ValueTask);
    }
}
