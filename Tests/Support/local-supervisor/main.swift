import LocalProvider

#if canImport(Glibc)
    import Glibc
#endif

// Stands in for `synthdata-infra local supervise --state FOLDER` in the tests of the local provider.
guard CommandLine.arguments.count == 2 else { exit(2) }
// Never outlives a test run that crashed by much.
alarm(300)
exit(await Supervisor.run(stateFolder: CommandLine.arguments[1]))
