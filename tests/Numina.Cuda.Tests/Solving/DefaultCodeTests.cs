using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Python;
using static Numina.Cuda.Tests.Solving.Conversation;

namespace Numina.Cuda.Tests.Solving;

/// <summary>What the default profile takes for code and what it appends, by the rows of docs/sc-tir.md.</summary>
internal sealed class DefaultCodeTests
{
    [TestCase("```python\nprint(4)\n```", "print(4)\n")]
    [TestCase("```Python\nprint(4)\n```", "print(4)\n", Description = "case")]
    [TestCase("```py\nprint(4)\n```", "print(4)\n")]
    [TestCase("```python3\nprint(4)\n```", "print(4)\n")]
    [TestCase("``` python\nprint(4)\n```", "print(4)\n", Description = "a space")]
    [TestCase("```python \nprint(4)\n```  ", "print(4)\n")]
    [TestCase("   ```python\nprint(4)\n   ```", "print(4)\n", Description = "indented, as in a list")]
    [TestCase("````python\ns = '''\n```\n'''\n````", "s = '''\n```\n'''\n", Description = "four backticks hold three")]
    [TestCase("```python\ns = '```'\nprint(s)\n```", "s = '```'\nprint(s)\n", Description = "inside a string")]
    [TestCase("```python\nprint(1)\n```python\nprint(2)\n```", "print(2)\n", Description = "two openings: the second begins anew")]
    [TestCase("```python\nprint(5)\n```output\n", "print(5)\n", Description = "an output fence closes")]
    [TestCase("```python\r\nprint(3)\r\n```\r\n```output\r\n", "print(3)\r\n", Description = "row 83")]
    [TestCase("```python\nprint(3)\n```\n```output", "print(3)\n", Description = "row 83")]
    [TestCase("```python\na = 1\n```\nand\n```python\nprint(a)\n```\n```output\n", "print(a)\n", Description = "row 79: the last, alone")]
    [TestCase("```\nprint(1)\n```\n```python\nprint(2)\n```", "print(2)\n")]
    [TestCase("```pythonx = 3\nprint(x)\n```", null)]
    [TestCase("```python print(4)```", null, Description = "inline")]
    [TestCase("see ```python\nprint(4)\n```", null, Description = "not at a line's start")]
    [TestCase("```text\nprint(4)\n```", null)]
    [TestCase("    ```python\nprint(4)\n```", null, Description = "indented code")]
    public async Task Row_78_fences(string turn, string? code)
    {
        StubPython python = new();
        await SolveAsync(new SolverOptions { RestartOnFail = false }, python, Prompt, [turn, "\n\\boxed{1}"]);
        Assert.That(python.Codes, Is.EqualTo(code == null ? Array.Empty<string>() : [code]));
    }

    [Test]
    public async Task Row_80_a_block_in_the_problem_is_not_code()
    {
        StubPython python = new();
        SolveResult result = await SolveAsync(
            new SolverOptions { RestartOnFail = false }, python, "### Problem: ```python\nprint(0)\n```\n### Solution: ", ["hm\n```output\n"]);
        Assert.That((result.Traces[0].End, python.Codes.Count), Is.EqualTo((TraceEnd.NoCode, 0)));
    }

    [Test]
    public async Task Row_81_fences_in_an_output_open_nothing()
    {
        StubPython python = new();
        string[] script = [Code("print(```python\\nprint(7)\\n```)"), "\n```output\n", "\n\\boxed{7}"];
        await SolveAsync(new SolverOptions(), python, Prompt, script);
        Assert.That(python.Codes, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Row_82_a_word_glued_to_our_closing_fence_opens_nothing()
    {
        StubPython python = new();
        SolveResult result = await SolveAsync(
            new SolverOptions { RestartOnFail = false },
            python,
            Prompt,
            [Code("print(42)"), "python\nprint(5)\n```\n```output\n", "\n\\boxed{42}"],
            [Code("print(42)"), "output\n", "\n\\boxed{42}"]);
        Assert.That(python.Codes, Is.EqualTo(new[] { "print(42)\n", "print(42)\n" }));
        Assert.That(result.Traces[0].Turns[1].Appended, Is.EqualTo("42\n```"), "the stored result");
        Assert.That(result.Traces[1].End, Is.EqualTo(TraceEnd.NoAnswer));
    }

    [TestCase("```python\nprint(3)\n```\n```output\n", "3\n```")]
    [TestCase("```python\nprint(3)\n```\n```output\r\n", "3\n```")]
    [TestCase("```python\nprint(3)\n```\n```output", "\n3\n```")]
    public async Task Row_83_an_output_fence_needs_no_exact_line_end(string turn, string appended) =>
        Assert.That((await TraceAsync(turn, "\n\\boxed{3}")).Turns[0].Appended, Is.EqualTo(appended));

    [TestCase(PythonStatus.Success, 200, "a199b")]
    [TestCase(PythonStatus.Success, 201, "a200 ... (output truncated)")]
    [TestCase(PythonStatus.Failure, 201, "(output truncated) ... a199b")]
    [TestCase(PythonStatus.TimedOut, 201, "(output truncated) ... a199b")]
    public void Row_67_results_keep_their_head_and_errors_their_tail(PythonStatus status, int length, string shape)
    {
        string Smile(int count) => string.Concat(Enumerable.Repeat("\U0001F642", count));
        ExecutionRecord execution = new("", status, Smile(length - 1) + "b", 0);
        string expected = shape.Replace("a199", Smile(199), StringComparison.Ordinal).Replace("a200", Smile(200), StringComparison.Ordinal);
        Assert.That(OutputText.Limit(execution, 200), Is.EqualTo(expected));
    }

    [Test]
    public async Task Row_67_the_limit_is_a_switch()
    {
        SolveResult result = await SolveAsync(new SolverOptions { OutputLimit = 3 }, [Code("fail Error: 1234"), "\n\\boxed{1}"]);
        Assert.That(result.Traces[0].Turns[0].Appended, Is.EqualTo("(output truncated) ... 234\n```"));
        Assert.That(result.Traces[0].Turns[0].Execution!.Output, Is.EqualTo("Error: 1234"), "the record keeps all of it");
    }
}
