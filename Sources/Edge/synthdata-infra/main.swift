import CommandLineInterface

await CommandLineTool.main(Array(CommandLine.arguments.dropFirst()))
