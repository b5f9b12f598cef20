"""Label every status, stage and type of the core, in the words people know from the old client."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from tui.core.certificate import CertificateState, PinState, Usage
from tui.core.failure import Money, Place
from tui.core.form.kinds import Buyer, FieldError, IdType
from tui.core.order import ApplicationStatus, AttemptState, InvoiceStatus, PaymentStatus
from tui.core.payment_method import PaymentMethod
from tui.core.token import KeyLeft, TokenStage
from tui.journey.state import Busy, Step
from tui.kiosk.text import N_, _, proper

APPLICATION = {
    # Translators: the applicant has not yet signed with the token.
    ApplicationStatus.DRAFT: N_("待签名"),
    ApplicationStatus.ENTERED: N_("已录入"),
    ApplicationStatus.ISSUING: N_("办理中"),
    # Translators: of the certificate, not of the invoice (see INVOICE).
    ApplicationStatus.ISSUED: N_("已签发"),
    ApplicationStatus.INSTALLED: N_("已完成"),
    ApplicationStatus.WITHDRAWN: N_("已撤销"),
    # Translators: the certificate expired before anything was paid.
    ApplicationStatus.LAPSED: N_("已失效"),
    ApplicationStatus.FAILED: N_("办理失败"),
}
PAYMENT = {
    PaymentStatus.UNPAID: N_("未支付"),
    # Translators: a payment code is open.
    PaymentStatus.PAYING: N_("支付中"),
    PaymentStatus.PAID: N_("已支付"),
    PaymentStatus.REFUNDING: N_("退款中"),
    PaymentStatus.REFUNDED: N_("已退款"),
    # Translators: a state: the payment waits for an operator.
    PaymentStatus.FROZEN: N_("人工核对"),
}
ATTEMPT = {
    AttemptState.CREATED: N_("正在下单"),
    AttemptState.QR_SHOWN: N_("等待扫码"),
    AttemptState.SCANNED: N_("已扫码，请在手机上确认"),
    AttemptState.PAID: N_("支付成功"),
    # Translators: of one payment code, at the payment platform.
    AttemptState.CLOSING: N_("正在关闭"),
    AttemptState.CLOSED: N_("已关闭"),
    # Translators: the platform is being asked whether it has the money.
    AttemptState.UNKNOWN: N_("正在查询"),
    AttemptState.REFUNDING: N_("退款中"),
    AttemptState.REFUNDED: N_("已退款"),
    AttemptState.FROZEN: N_("人工核对"),
}
INVOICE = {
    InvoiceStatus.NOT_REQUESTED: N_("未申请"),
    InvoiceStatus.PENDING: N_("开具中，1-2个工作日内发出"),
    # Translators: of the e-invoice, not of the certificate.
    InvoiceStatus.ISSUED: N_("已开具"),
    InvoiceStatus.SENT: N_("已发送"),
    InvoiceStatus.FAILED: N_("开具失败，客服将与您联系"),
    # Translators: the money went back, so a red (negative) invoice cancels the invoice.
    InvoiceStatus.REDDENED: N_("已红冲"),
}
# Translators: whom the invoice is made out to.
BUYER = {Buyer.COMPANY: N_("企业"), Buyer.PERSON: N_("个人")}
ID_TYPE = {
    IdType.RESIDENT_ID: N_("居民身份证"),
    IdType.HK_MACAO_TAIWAN_RESIDENCE: N_("港澳台居民居住证"),
    IdType.FOREIGN_RESIDENCE: N_("外国人永久居留身份证"),
    IdType.HK_MACAO_PASS: N_("港澳居民来往内地通行证"),
    IdType.TAIWAN_PASS: N_("台湾居民来往大陆通行证"),
    IdType.PASSPORT: N_("护照"),
    IdType.MILITARY: N_("军人证件"),
    IdType.OTHER: N_("其他证件"),
}
CERTIFICATE = {
    CertificateState.VALID: N_("有效，未到续期时间"),
    CertificateState.RENEWABLE: N_("可以续期"),
    # Translators: of an old certificate whose successor is on the token; within a line, in lower case.
    CertificateState.RENEWED: N_("已续期"),
    CertificateState.EXPIRED: N_("已过期"),
    CertificateState.NOT_YET_VALID: N_("尚未生效"),
    CertificateState.UNREADABLE: N_("无法读取"),
    # Translators: an encryption or CA certificate, renewed with its signing certificate if at all.
    CertificateState.NOT_FOR_SIGNING: N_("不单独续期"),
    CertificateState.NO_KEY: N_("缺少私钥"),
    CertificateState.UNSUPPORTED: N_("不支持在线续期"),
}
USAGE = {
    # Translators: what the certificate is for; one word, beside "Encryption".
    Usage.SIGNING: N_("签名证书"),
    Usage.ENCRYPTION: N_("加密证书"),
    Usage.ANY: N_("签名和加密"),
    Usage.OTHER: N_("其他用途"),
}
PIN = {
    PinState.UNKNOWN: "",
    PinState.COUNT_LOW: N_("CA密码曾经输错，请仔细输入。"),
    PinState.FINAL_TRY: N_("只剩最后一次机会，再输错CA将锁定。"),
    PinState.LOCKED: N_("CA密码已锁定，请到发证机构的柜台解锁。"),
}
TOKEN_STAGE = {
    TokenStage.CHECKING: N_("核对CA和证书"),
    TokenStage.PROBING: N_("试写CA，确认空间和功能"),
    TokenStage.KEY_PAIR: N_("在CA中生成新密钥，最长约30秒"),
    TokenStage.REQUEST: N_("制作续期申请"),
    TokenStage.SIGNING: N_("用当前证书签名"),
    TokenStage.WRITING: N_("写入新证书"),
    TokenStage.READING_BACK: N_("读回并核对"),
    TokenStage.PROVING: N_("用新证书签名验证"),
    TokenStage.RETIRING: N_("删除原证书和密钥"),
    TokenStage.CHANGING_PIN: N_("修改CA密码"),
}
BUSY = {
    Busy.LOOKING: N_("正在查看CA中的证书"),
    Busy.SIGNING_IN: N_("正在登录"),
    Busy.LOADING: N_("正在载入"),
    Busy.CHECKING: N_("正在核对证书"),
    Busy.SAVING: N_("正在保存申请"),
    Busy.HANDING_IN: N_("正在提交申请"),
    Busy.ORDERING: N_("正在下单"),
    Busy.QUERYING: N_("正在查询支付结果"),
    Busy.ENDING_PAYMENT: N_("正在结束这笔支付"),
    Busy.WITHDRAWING: N_("正在撤销申请"),
    Busy.CONFIRMING: N_("正在确认安装"),
    Busy.SELF_CHECKING: N_("正在检测"),
    Busy.CHANGING_PIN: N_("正在修改CA密码"),
}
STEP = {
    Step.WAITING: N_("插入CA"),
    Step.CHOOSING: N_("选择证书"),
    Step.LOOK_PIN: N_("输入CA密码"),
    Step.SIGN_IN: N_("登录"),
    Step.NOTICE: N_("供应商须知"),
    Step.CARD: N_("证书信息"),
    Step.AGREEMENT: N_("网证通电子认证服务协议"),
    Step.FORM: N_("网证通数字证书续期申请表"),
    Step.REQUEST_PIN: N_("输入CA密码"),
    Step.REQUESTING: N_("提交申请"),
    Step.PAY_NOTICE: N_("付款提示"),
    Step.ORDER: N_("订单详情"),
    # Translators: a heading: paying online instead of at the counter.
    Step.CHANNEL: N_("在线支付"),
    Step.METHOD: N_("支付方式"),
    Step.QR: N_("扫码支付"),
    Step.ISSUING: N_("签发证书"),
    Step.INSTALL_PIN: N_("输入CA密码"),
    Step.INSTALLING: N_("安装证书"),
    Step.DONE: N_("证书安装完成"),
    Step.RETIRE_PIN: N_("输入CA密码"),
    Step.RETIRING: N_("删除原证书"),
    Step.WITHDRAWN: N_("申请已结束"),
    Step.TOKEN_AWAITED: N_("请插回CA"),
    Step.REFUSED: N_("不能办理"),
    Step.CERTIFICATES: N_("我的证书"),
    Step.DETAILS: N_("证书详情"),
    Step.SELF_CHECK: N_("环境检测"),
    Step.CHANGE_PIN: N_("修改CA密码"),
}
MONEY = {
    Money.NOT_TOUCHED: N_("本次申请没有扣款。"),
    Money.SAFE: N_("您的付款已记录，对这笔申请一直有效，不会重复收费。"),
    Money.RETURNING: N_("您的付款正在原路退回。"),
    Money.UNKNOWN: N_("付款结果以查询为准，不会重复收费。"),
}
PLACE = {
    # Translators: to people CA is the USB token, never the certification authority.
    Place.TOKEN: N_("CA"),
    Place.CERTIFICATE: N_("数字证书"),
    Place.ACCOUNT: N_("账号"),
    Place.FORM: N_("申请表"),
    # Translators: the application for renewal, as a thing.
    Place.APPLICATION: N_("申请"),
    Place.PAYMENT: N_("付款"),
    # Translators: issuing the certificate, as a stage.
    Place.ISSUING: N_("签发"),
    Place.DESK: N_("续期服务"),
    Place.KIOSK: N_("本终端"),
}
FIELD_ERROR = {
    FieldError.REQUIRED: N_("必须填写"),
    FieldError.TOO_LONG: N_("内容过长"),
    FieldError.CHARACTER: N_("含有无法使用的字符，请删去或换一个字"),
    FieldError.ID_LENGTH: N_("身份证号码应为18位"),
    FieldError.ID_OLD: N_("15位旧号码已停用，请填写18位号码"),
    FieldError.ID_DATE: N_("号码中的出生日期不对，请逐位核对"),
    FieldError.ID_CHECK_DIGIT: N_("号码有误，请逐位核对"),
    FieldError.ID_FORMAT: N_("号码与证件类型不符"),
    FieldError.NAME_FORMAT: N_("请填写2至80个字的真实姓名，符号只用间隔点和「.」「-」「'」"),
    FieldError.MOBILE_FORMAT: N_("请填写11位手机号码"),
    FieldError.PHONE_FORMAT: N_("请填写手机号码、带区号的座机或400电话"),
    FieldError.EMAIL_FORMAT: N_("邮箱格式不对，例如：name@example.cn"),
    FieldError.ADDRESS_SHORT: N_("请填写完整的地址，写到门牌号"),
    FieldError.TAX_NUMBER_FORMAT: N_("税号应为15、18或20位数字和字母，个人的也有17位"),
    FieldError.TAX_NUMBER_CHECK: N_("税号有误，请逐位核对"),
    FieldError.TITLE_FORMAT: N_("请填写单位名称或个人姓名"),
    FieldError.TITLE_HAS_NUMBER: N_("抬头只写名称，税号请填在税号一栏"),
    FieldError.TERM_UNKNOWN: N_("请选择续期时间"),
}

KEY_LEFT = {
    KeyLeft.SHARED: N_("原密钥没有删除：CA中另有证书使用同一密钥。"),
    KeyLeft.UNCERTAIN: N_("原密钥没有删除：无法确认CA中哪个密钥属于原证书。"),
}

LABELS: Mapping[type[Enum], Mapping[Any, str]] = {
    ApplicationStatus: APPLICATION,
    PaymentStatus: PAYMENT,
    AttemptState: ATTEMPT,
    InvoiceStatus: INVOICE,
    Buyer: BUYER,
    IdType: ID_TYPE,
    CertificateState: CERTIFICATE,
    Usage: USAGE,
    PinState: PIN,
    TokenStage: TOKEN_STAGE,
    KeyLeft: KEY_LEFT,
    Busy: BUSY,
    Step: STEP,
    Money: MONEY,
    Place: PLACE,
    FieldError: FIELD_ERROR,
}
"""By type first: members of different types are equal when their codes are."""


def label(member: Enum) -> str:
    """The label of a status, stage, type, step, field error or of where the money is."""
    return proper(member.label) if isinstance(member, PaymentMethod) else _(LABELS[type(member)][member])
