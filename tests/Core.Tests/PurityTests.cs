using System.Reflection;
using Aitbc.Consensus;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests;

/// <summary>What the banned symbols cannot see: primitive types are no symbols in a signature.</summary>
public sealed class PurityTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Impure =
    [
        typeof(float), typeof(double), typeof(decimal), typeof(Half), typeof(DateTime), typeof(DateTimeOffset),
        typeof(Random), typeof(Task), typeof(Thread), typeof(TimeProvider),
    ];

    [Theory]
    [InlineData(typeof(UInt256))]
    [InlineData(typeof(BlockExecutor))]
    [InlineData(typeof(CommitCertificate))]
    public void No_field_parameter_local_or_result_of_the_core_is_a_float_a_clock_or_a_task(Type inside)
    {
        var found = inside.Assembly.GetTypes().SelectMany(Used).Where(u => Impure.Contains(Bare(u.Type)))
            .Select(u => $"{u.Where}: {u.Type.Name}");
        Assert.Empty(found);
    }

    private static IEnumerable<(string Where, Type Type)> Used(Type type)
    {
        foreach (var field in type.GetFields(All))
            yield return ($"{type.Name}.{field.Name}", field.FieldType);
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            var where = $"{type.Name}.{method.Name}";
            if (method is MethodInfo returning)
                yield return (where, returning.ReturnType);
            foreach (var parameter in method.GetParameters())
                yield return (where, parameter.ParameterType);
            foreach (var local in method.GetMethodBody()?.LocalVariables ?? [])
                yield return (where, local.LocalType);
        }
    }

    private static Type Bare(Type type)
    {
        var element = type.HasElementType ? type.GetElementType()! : type;
        return Nullable.GetUnderlyingType(element) ?? element;
    }
}
