using Numina.Cuda.Solving.Python;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>A machine that a sandbox is tried on: this one as it is, as an ordinary user, or like a container that grants no namespaces.</summary>
internal sealed record SandboxSetting(string Name, bool OrdinaryUser, bool WithoutNamespaces)
{
    public static IEnumerable<SandboxSetting> All =>
    [
        new("as_it_is", false, false),
        new("ordinary_user", true, false),
        new("no_namespaces", false, true),
        new("ordinary_user_no_namespaces", true, true),
    ];

    public override string ToString() => Name;

    /// <summary>An interpreter that lives in this setting: python3 itself, or a script in the folder. Skips the test where the setting can't be made.</summary>
    public string Interpreter(string folder)
    {
        if (!PythonPool.IsSupported)
        {
            Assert.Ignore("the Python pool needs Linux");
        }

        if (OrdinaryUser && !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("the tests run as an ordinary user already: see as_it_is");
        }

        string python = PythonInterpreter.Find();
        string command = $"{(WithoutNamespaces ? Stand("without_namespaces.py") : "")}{(OrdinaryUser ? Stand("as_user.py") : "")}\"{python}\" \"$@\"";
        if (!OrdinaryUser && !WithoutNamespaces)
        {
            return python;
        }

        string script = Path.Combine(folder, Name);
        File.WriteAllText(script, $"#!/bin/sh\nexec {command}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return script;

        string Stand(string name) => $"\"{python}\" \"{Path.Combine(Reference.Repository, "tests/Numina.Cuda.Tests/Solving/Python", name)}\" ";
    }
}
