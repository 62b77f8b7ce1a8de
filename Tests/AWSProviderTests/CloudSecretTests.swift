import ControlPlane
import Documents
import Testing

/// What the pods' role may read of AWS Secrets Manager.
@Suite(.enabled(if: ControlPlane.isWanted, "\(ControlPlane.reason)"))
struct CloudSecretTests {
    @Test func aSecretIsAllowedByItsNameAndByItsARNWithOrWithoutItsEnd() async throws {
        let server = try await AWSServer()
        try await CloudService.with(server: server) { service in
            var arns: [String] = []
            for name in ["by/name", "by/part", "by/whole"] {
                let made = try await server.boto(
                    "secretsmanager", "create_secret", ["Name": .string(name), "SecretString": "hidden"])
                arns.append(try #require(made["ARN"]?.string))
            }
            let parts = arns.map { String($0.dropLast(7)) }
            try await service.deploy(
                """
                security:
                  cloud_secrets:
                    - {name: a, reference: by/name}
                    - {name: b, reference: "\(parts[1])"}
                    - {name: c, reference: "\(arns[2])"}

                """)
            let role = try #require(try await server.roles().first { !$0.contains("node") })
            let inline = try await server.boto(
                "iam", "get_role_policy", ["RoleName": .string(role), "PolicyName": "synthdata"])
            let statements = inline.value("PolicyDocument", "Statement")?.sequence ?? []
            let allowed = statements.first { $0["Sid"]?.string == "Secrets" }?["Resource"]?.sequence?.compactMap(
                \.string)
            #expect(allowed == ["\(parts[0])-??????", "\(parts[1])-??????", arns[2]])
        }
    }
}
