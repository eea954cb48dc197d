namespace Numina.Cuda.Solving.Python;

/// <summary>The program text that the notebook makes of a code block (SPEC section 5).</summary>
internal static class NotebookSource
{
    /// <summary>The file's name; it shows in messages.</summary>
    public const string FileName = "tmp.py";

    private const string Prologue = "import math\nimport numpy as np\nimport sympy as sp\n";

    /// <summary>Prologue, block, and the last line wrapped in print( ) unless "print(" occurs in it.</summary>
    public static string From(string code)
    {
        string source = PythonText.Strip(Prologue + code);
        int lastLine = source.LastIndexOf('\n') + 1;
        string last = source[lastLine..];
        if (last.Contains("print(", StringComparison.Ordinal))
        {
            return source;
        }

        int comment = last.IndexOf('#');
        return source[..lastLine] + "print(" + (comment < 0 ? last : last[..comment]) + ")";
    }
}
