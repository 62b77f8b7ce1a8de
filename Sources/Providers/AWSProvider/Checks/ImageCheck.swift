import AWSClient
import Diagnostics
import Documents
import ServiceModel

/// Looks whether images of the account's own registry are there.
///
/// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
struct ImageCheck: Sendable {
    let context: DriverContext

    func problems(_ deployment: Resource) async throws -> [Diagnostic] {
        let spec = deployment.manifest.value("spec", "template", "spec")
        let containers = (spec?["initContainers"]?.sequence ?? []) + (spec?["containers"]?.sequence ?? [])
        var problems: [Diagnostic] = []
        for image in containers.compactMap({ $0["image"] }) {
            guard let reference = Reference(image.string ?? ""), reference.region == context.api.region else {
                continue
            }
            if let problem = try await CloudPreflight.looking({ try await problem(reference, at: image.location) })
                ?? nil
            {
                problems.append(problem)
            }
        }
        return problems
    }

    /// `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/name:tag`
    private struct Reference {
        let account: String
        let region: String
        let repository: String
        /// `imageTag` or `imageDigest`, and its value.
        let version: (key: String, value: String)

        init?(_ image: String) {
            guard let slash = image.firstIndex(of: "/") else { return nil }
            let host = image[..<slash].split(separator: ".")
            guard host.count >= 6, host[1] == "dkr", host[2] == "ecr" else { return nil }
            account = String(host[0])
            region = String(host[3])
            let name = image[image.index(after: slash)...]
            if let at = name.firstIndex(of: "@") {
                repository = String(name[..<at].prefix { $0 != ":" })
                version = ("imageDigest", String(name[name.index(after: at)...]))
            } else {
                repository = String(name.prefix { $0 != ":" })
                let tag = name.dropFirst(repository.count + 1)
                version = ("imageTag", tag.isEmpty ? "latest" : String(tag))
            }
        }
    }

    private func problem(_ image: Reference, at location: SourceLocation) async throws -> Diagnostic? {
        do {
            _ = try await context.api.json(
                .ecr, "DescribeImages",
                [
                    "registryId": .string(image.account), "repositoryName": .string(image.repository),
                    "imageIds": [[image.version.key: .string(image.version.value)]],
                ])
            return nil
        } catch let error as AWSError where error.code == "RepositoryNotFoundException" {
            let all = try await CloudPreflight.looking { try await repositories(image.account) } ?? []
            let near = NearestName.find(image.repository, among: all)
            return Diagnostic(
                .error, .image, "there is no repository `\(image.repository)` in the registry of \(image.account)",
                at: location, fix: near.map { "did you mean `\($0)`?" } ?? "push the image, or mend `deployment.image`")
        } catch let error as AWSError where error.code == "ImageNotFoundException" {
            return Diagnostic(
                .error, .image, "the repository `\(image.repository)` has no image `\(image.version.value)`",
                at: location, why: "no pod could pull it", fix: "push it, or mend `deployment.image` or `--version`")
        }
    }

    private func repositories(_ account: String) async throws -> [String] {
        try await Pages.all { token in
            var input: Node = ["registryId": .string(account)]
            if let token { input.merge(["nextToken": .string(token)]) }
            let page = try await context.api.json(.ecr, "DescribeRepositories", input)
            return (
                (page["repositories"]?.sequence ?? []).compactMap { $0["repositoryName"]?.string },
                page["nextToken"]?.string
            )
        }
    }
}

extension Diagnostic.Code {
    static let image = Self("aws.missing-image", .failed)
}
