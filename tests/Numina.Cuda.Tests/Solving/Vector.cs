using System.Text.Json;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving;

/// <summary>One call of one of the notebook's functions, answered by the notebook itself.</summary>
internal sealed record Vector(string Id, string Function, JsonElement Arguments, JsonElement Expect, string Printed)
{
    /// <summary>The value returned.</summary>
    public JsonElement Ok => Expect.GetProperty("ok");

    /// <summary>The exception raised, as "type: message"; null for none.</summary>
    public string? Raised => Expect.TryGetProperty("raises", out JsonElement type) ? $"{type.GetString()}: {Expect.GetProperty("msg").GetString()}" : null;

    public override string ToString() => Id;

    /// <summary>All vectors of one function, as test cases named by their ids.</summary>
    public static IEnumerable<TestCaseData> Of(string function)
    {
        if (Reference.Find("sctir/vectors.jsonl") is not { } path)
        {
            return [new TestCaseData(new Vector("absent", function, default, default, "")).SetArgDisplayNames("absent")];
        }

        return File.ReadLines(path).Select(Read).Where(vector => vector.Function == function).Select(vector => new TestCaseData(vector).SetArgDisplayNames(vector.Id));
    }

    /// <summary>Skips, or fails where the reference is required, when there are no vectors.</summary>
    public Vector Required()
    {
        Reference.Path("sctir/vectors.jsonl");
        return this;
    }

    private static Vector Read(string line)
    {
        JsonElement vector = JsonDocument.Parse(line).RootElement;
        return new Vector(
            vector.GetProperty("id").GetString()!,
            vector.GetProperty("fn").GetString()!,
            vector.GetProperty("args"),
            vector.GetProperty("expect"),
            vector.GetProperty("stdout").GetString()!);
    }
}
