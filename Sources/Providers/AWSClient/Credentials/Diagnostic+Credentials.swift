package import Diagnostics

extension Diagnostic.Code {
    /// A shared config or credentials file that cannot be read as one.
    package static let awsSharedConfig = Self("aws.shared-config")
    /// A profile that does not exist, or whose settings do not go together.
    package static let awsProfile = Self("aws.profile")
    /// A setting of AWS's, in the environment or a profile, with a value that means nothing.
    static let awsSetting = Self("aws.setting")
    /// No place of the chain is set up.
    package static let awsNoCredentials = Self("aws.no-credentials", .denied)
    /// A place is set up and holds only a part of what it should.
    package static let awsIncompleteKeys = Self("aws.incomplete-keys", .denied)
    /// A role cannot be assumed.
    package static let awsRole = Self("aws.role", .denied)
    /// A role wants a code of a device, and nobody can be asked.
    package static let awsMFA = Self("aws.mfa", .denied)
    /// There is no valid token of IAM Identity Center.
    package static let awsSSO = Self("aws.sso", .denied)
    /// The session of `aws login` is over.
    package static let awsLogin = Self("aws.login", .denied)
    /// A `credential_process` gave none.
    package static let awsCredentialProcess = Self("aws.credential-process", .denied)
    /// The ECS or EKS agent gave none.
    package static let awsContainerCredentials = Self("aws.container-credentials", .denied)
    /// The instance metadata service gave none any more.
    package static let awsInstanceMetadata = Self("aws.instance-metadata", .denied)
    /// Credentials that were renewed have expired already.
    package static let awsExpired = Self("aws.expired", .denied)
}
