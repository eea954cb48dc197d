using System.Text.Json;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Evaluation;

public sealed class StatisticsTests
{
    [Test]
    public void Wilson_intervals_equal_statsmodels()
    {
        foreach (JsonElement row in Rows("wilson"))
        {
            (double low, double high) = Statistics.Wilson(row.GetProperty("k").GetInt32(), row.GetProperty("n").GetInt32());
            Assert.That(low, Is.EqualTo(row.GetProperty("low").GetDouble()).Within(1e-12), row.ToString());
            Assert.That(high, Is.EqualTo(row.GetProperty("high").GetDouble()).Within(1e-12), row.ToString());
        }
    }

    [Test]
    public void Pass_at_k_equals_enumeration()
    {
        foreach (JsonElement row in Rows("pass_at_k"))
        {
            double value = Statistics.PassAtK(row.GetProperty("n").GetInt32(), row.GetProperty("correct").GetInt32(), row.GetProperty("k").GetInt32());
            Assert.That(value, Is.EqualTo(row.GetProperty("value").GetDouble()).Within(1e-12), row.ToString());
        }
    }

    private static IEnumerable<JsonElement> Rows(string name)
    {
        string path = Reference.Path("goldens/stats/stats.json");
        JsonElement[] rows = [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty(name).EnumerateArray()];
        Assert.That(rows, Is.Not.Empty);
        return rows;
    }
}
