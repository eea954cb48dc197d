using System.Reflection;
using System.Reflection.Emit;

namespace Numina.Cuda.Tests.Support;

/// <summary>Which types of an assembly use which: by inheritance, in signatures and in method bodies.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>All pairs (user, used) whose namespaces lie below <paramref name="root"/>.</summary>
    public static IEnumerable<(Type From, Type To)> Within(Assembly assembly, string root) =>
        from type in assembly.GetTypes()
        where Inside(type, root)
        from used in Used(type).SelectMany(Parts)
        where used.Assembly == assembly && Inside(used, root)
        select (type, used);

    private static bool Inside(Type type, string root) => type.Namespace?.StartsWith(root + ".", StringComparison.Ordinal) == true;

    private static IEnumerable<Type> Used(Type type)
    {
        IEnumerable<Type?> heads = [type.BaseType, .. type.GetInterfaces(), .. type.GetFields(Declared).Select(field => field.FieldType)];
        IEnumerable<MethodBase> methods = [.. type.GetMethods(Declared), .. type.GetConstructors(Declared)];
        return heads.OfType<Type>().Concat(methods.SelectMany(method => Signature(method).Concat(Body(method))));
    }

    private static IEnumerable<Type> Signature(MethodBase method)
    {
        IEnumerable<Type> parameters = method.GetParameters().Select(parameter => parameter.ParameterType);
        return method is MethodInfo info ? parameters.Append(info.ReturnType) : parameters;
    }

    private static IEnumerable<Type> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
        {
            return [];
        }

        Type[] typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        IEnumerable<Type> named = Tokens(code)
            .Select(token => method.Module.ResolveMember(token, typeArguments, methodArguments))
            .SelectMany(member => member is Type resolved ? [resolved] : member?.DeclaringType is { } owner ? new[] { owner } : []);
        return named.Concat(body.LocalVariables.Select(local => local.LocalType));
    }

    /// <summary>The metadata tokens of types, fields and methods in a method's instructions.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            OpCode instruction = OpCodesByValue[value];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return BitConverter.ToInt32(code, at);
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    /// <summary>A constructed type and what it is made of: element types, generic arguments, the definition.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericType
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : type.IsGenericParameter ? [] : [type];
    }
}
